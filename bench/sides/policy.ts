/** Seconds instead of weeks, with the same decisions. The YAML of a policy file. */
export const SHORT_POLICY = `
retry:
  gaps: [8s, 8s, 8s]
  transient_gap: 6s
  align: none
  settle: 20s
  settle_reads: 4
  outcome_deadline: 4m
  follow_up: [2s, 10s, 30s]
  after_method_change: 2s
notices: { first_soft: 2s, before_attempt: 3s, hard: [0s, 60s], per_customer_week: 50 }
opening_reread: 1s
unknown_tax: none
window: 5m
quiet_end: 10s
`;

/** One retry so many seconds after the first failure, no notice ahead of it, and no reads but those at the opening. */
export function herdPolicy(gapSeconds: number): string {
  return `
retry:
  gaps: [${gapSeconds}s, 60s, 60s]
  transient_gap: 6s
  align: none
  settle: 20s
  settle_reads: 4
  outcome_deadline: 4m
  follow_up: [10s, 20s, 30s]
  after_method_change: 2s
notices: { first_soft: 2s, before_attempt: 0s, hard: [0s, 60s], per_customer_week: 50 }
opening_reread: 1s
unknown_tax: none
window: 10m
quiet_end: 10s
`;
}

/** The days of the built-in policy, with the first notice at once: then a recovery sleeps until its first retry. */
export const SLEEPING_POLICY = `
notices: { first_soft: 2s }
opening_reread: 1s
unknown_tax: none
`;
