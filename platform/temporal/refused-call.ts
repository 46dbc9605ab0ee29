/** Status codes with which Temporal refuses a call for good: another try of the same call gets the same answer. */
const FINAL = {
  3: "INVALID_ARGUMENT",
  5: "NOT_FOUND",
  7: "PERMISSION_DENIED",
  9: "FAILED_PRECONDITION",
  12: "UNIMPLEMENTED",
} as const;

export type RefusedCall = {
  readonly code: (typeof FINAL)[keyof typeof FINAL];
  /** Temporal's own words. */
  readonly details: string;
};

/**
 * What Temporal refused for good; null for an outage, a time-out, a limit, and for any error that is not Temporal's.
 * @source google.rpc.Code
 */
export function refusedCallOf(error: unknown): RefusedCall | null {
  if (!(error instanceof Error)) return null;
  const { code, details } = error as { code?: unknown; details?: unknown };
  if (typeof code === "number") {
    const name = (FINAL as Readonly<Record<number, RefusedCall["code"]>>)[code];
    if (name === undefined) return null;
    // A native connection's error has the words in its message alone.
    const words = typeof details === "string" && details !== "" ? details : error.message;
    return { code: name, details: words };
  }
  // The SDK wraps errors of some calls.
  return refusedCallOf(error.cause);
}
