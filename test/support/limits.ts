/**
 * The longest wait for a condition. A wait ends as soon as its condition holds, so only a failing test takes this long:
 * the limit is generous, for a slow machine that has other work.
 */
export const WAIT_LIMIT_MS = 120_000;

/** The longest time of a test or hook, which may wait several times. Only one that hangs reaches it. */
export const TEST_LIMIT_MS = 5 * WAIT_LIMIT_MS;
