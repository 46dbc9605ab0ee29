import { InvalidArgumentError } from "commander";
import { type Instant, parseInstant } from "../../domain/values/time.ts";

/** An argument that is a date, which begins at midnight UTC, or an instant. */
export function instantOf(text: string): Instant {
  const isDate = /^\d{4}-\d{2}-\d{2}$/.test(text);
  const instant = parseInstant(isDate ? `${text}T00:00:00Z` : text);
  // JavaScript takes 31 February for 3 March.
  const isReal = instant !== null && (!isDate || new Date(instant).toISOString().startsWith(text));
  if (!isReal) {
    throw new InvalidArgumentError("Expected a date or an instant: 2026-11-01T00:00:00Z.");
  }
  return instant;
}
