/** RFC 3339 in UTC, as Dodo writes instants. */
export function isoOf(instant: number): string {
  return new Date(instant).toISOString();
}

export function isoOrNull(instant: number | null): string | null {
  return instant === null ? null : isoOf(instant);
}
