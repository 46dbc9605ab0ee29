import { DAY_MS, formatInstant, type Instant } from "../../domain/values/time.ts";

/** Counts the workflows that a query of Temporal's visibility matches. */
export type CountBy = (query: string) => Promise<number>;

/** Older than any retention. */
const AGE_MAX_MS = 400 * DAY_MS;

/** The answer is at most this much too low: one part in a hundred, or a second. */
const PRECISION = 0.01;
const PRECISION_MS = 1_000;

/**
 * The age of the oldest instant under `attribute` among what `query` matches, by counts: visibility neither sorts nor knows a
 * minimum. Instants in the future have no age.
 *
 * @returns milliseconds; 0 where nothing matches
 * @source docs/TEMPORAL.md, "Visibility and search attributes"
 */
export async function ageOfOldest(
  count: CountBy,
  query: string,
  attribute: string,
  now: Instant,
): Promise<number> {
  const hasOlder = async (ageMs: number): Promise<boolean> =>
    (await count(`${query} AND ${attribute} <= "${formatInstant(now - ageMs)}"`)) > 0;
  if (!(await hasOlder(0))) return 0;
  return await greatestAge(hasOlder);
}

/** The age of the newest; null where nothing matches. */
export async function ageOfNewest(
  count: CountBy,
  query: string,
  attribute: string,
  now: Instant,
): Promise<number | null> {
  const hasNoneSince = async (ageMs: number): Promise<boolean> =>
    (await count(`${query} AND ${attribute} > "${formatInstant(now - ageMs)}"`)) === 0;
  if (await hasNoneSince(AGE_MAX_MS)) return null;
  return await greatestAge(hasNoneSince);
}

/** @param holds true up to some age, and false from there on */
async function greatestAge(holds: (ageMs: number) => Promise<boolean>): Promise<number> {
  let low = 0;
  let high = AGE_MAX_MS;
  while (high - low > Math.max(PRECISION_MS, low * PRECISION)) {
    const middle = Math.floor((low + high) / 2);
    if (await holds(middle)) low = middle;
    else high = middle;
  }
  return low;
}
