/** Temporal has no such limit; a story that exceeds it has an outage that does not end. */
export const RETRIES_MAX = 2_000;

/** A story of weeks makes dozens of decisions; more than this means an endless loop. */
export const DECISIONS_MAX = 5_000;
