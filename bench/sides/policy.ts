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
