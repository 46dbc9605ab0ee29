import { describe, expect, test } from "vitest";
import { parsePolicy } from "../../config/policy.ts";
import { HANDLING } from "../../domain/declines/handling.ts";
import {
  DEFAULT_POLICY,
  type Policy,
  policyProblems,
  retentionNeededMs,
} from "../../domain/policy.ts";
import { DAY_MS, HOUR_MS } from "../../domain/values/time.ts";

/** The built-in policy as docs/CONFIGURATION.md shows it. */
const BUILT_IN = `
retry:
  gaps: [3d, 7d, 7d]
  transient_gap: 24h
  align: authorization_time
  repeated_code_limit: 3
  settle: 24h
  settle_reads: 4
  outcome_deadline: 72h
  follow_up: [1m, 10m, 1h, 6h, 12h]
  after_method_change: 1h
notices:
  first_soft: 2h
  before_attempt: 24h
  hard: [0s, 3d, 7d, 14d]
  recovered: true
opening_reread: 10s
window: 30d
quiet_end: 72h
on_exhausted: leave
foreign_charges: ask
debt_key: null
max_debt_age: 7d
max_opened_per_sweep: 200
scheduled_subscriptions: observe
one_time_payments: ignore
accept_risk: false
codes: {}
`;

function problemsOf(text: string): string[] {
  const reading = parsePolicy(text);
  if (reading.kind === "policy") return [];
  return reading.problems.map(({ path, problem }) => `${path}: ${problem}`);
}

describe("the policy file", () => {
  test("with every default written out is the built-in policy", () => {
    expect(parsePolicy(BUILT_IN)).toEqual({ kind: "policy", policy: DEFAULT_POLICY });
  });

  test("that is empty is the built-in policy", () => {
    expect(parsePolicy("")).toEqual({ kind: "policy", policy: DEFAULT_POLICY });
  });

  test("can turn on notices about one-time payments", () => {
    expect(parsePolicy("one_time_payments: notify")).toMatchObject({
      policy: { oneTimePayments: "notify" },
    });
  });

  test("changes only what it names", () => {
    const reading = parsePolicy("retry: { gaps: [2d, 4d] }\nwindow: 20d");
    expect(reading).toMatchObject({
      policy: {
        retry: { gapsMs: [2 * DAY_MS, 4 * DAY_MS], transientGapMs: 24 * HOUR_MS },
        windowMs: 20 * DAY_MS,
      },
    });
  });

  test.each([
    ["retry: { gap: [3d] }", "retry.gap: unknown key; the nearest known one is retry.gaps"],
    ["retires: {}", "retires: unknown key; the nearest known one is retry"],
    ["window: 30 days", "window: expected a duration"],
    ["retry: { gaps: [3d, soon] }", "retry.gaps.1: expected a duration"],
    ["on_exhausted: delete", "on_exhausted: Invalid option"],
    ["codes: { GENERIC_DECLINE: sometimes }", "codes.GENERIC_DECLINE: Invalid option"],
    [
      "codes: { generic_decline: retry }",
      "codes.generic_decline: must be written in UPPER_SNAKE_CASE",
    ],
    ["codes: { STOLEN_CARD: retry }", "codes.STOLEN_CARD: must be `never`"],
    ["codes: { EXPIRED_CARD: retry }", "codes.EXPIRED_CARD: cannot be `retry`"],
    ["accept_risk: maybe", "accept_risk: Invalid input"],
    ["retry: { gaps: [10d, 10d, 10d] }", "retry.gaps: must add up to at most"],
    ["retry: { gaps: [1h], transient_gap: 1h }", "retry.align: must be `none` when"],
    ["retry: { settle_reads: 1 }", "retry.settle_reads: must be from 4 to 50"],
    ["notices: { hard: [3d, 0s] }", "notices.hard: must each be later than the one before"],
    ["quiet_end: 40d", "quiet_end: must be shorter than window"],
    ["foreign_charges: maybe", "foreign_charges: Invalid option"],
    ["debt_key: ''", "debt_key: Too small"],
    ["- a list", "(file): Invalid input"],
    ["retry: [", "(file):"],
  ])("%s is refused with the path of the key", (text, expected) => {
    expect(problemsOf(text).join("\n")).toContain(expected);
  });
});

describe("the policy file in live_mode", () => {
  const liveProblemsOf = (text: string): string[] => {
    const reading = parsePolicy(text, true);
    if (reading.kind === "policy") return [];
    return reading.problems.map(({ path, problem }) => `${path}: ${problem}`);
  };

  test.each([
    ["retry: { gaps: [2d, 2d, 2d, 2d] }", "retry.gaps: makes 5 attempts in all"],
    ["retry: { gaps: [23h, 7d], align: none }", "retry.gaps: one is shorter than 24h"],
    ["retry: { transient_gap: 1h, align: none }", "retry.transient_gap: is shorter than 24h"],
  ])("%s needs accept_risk: true, and the error says why", (text, problem) => {
    const problems = liveProblemsOf(text);
    expect(problems.join("\n")).toContain(problem);
    expect(problems.join("\n")).toContain("card testing");
    expect(problems.join("\n")).toContain("`accept_risk: true`");
    expect(liveProblemsOf(`accept_risk: true\n${text}`)).toEqual([]);
    expect(problemsOf(text), "in test_mode").toEqual([]);
  });

  test("may charge four times in all, with gaps of 24 hours, without further consent", () => {
    expect(liveProblemsOf("")).toEqual([]);
    expect(liveProblemsOf("retry: { gaps: [24h, 24h, 24h], transient_gap: 24h }")).toEqual([]);
  });

  test("accept_risk does not allow a hard code to be retried", () => {
    const problems = liveProblemsOf("accept_risk: true\ncodes: { CARD_DECLINED: retry }");
    expect(problems.join()).toContain("codes.CARD_DECLINED: cannot be `retry`");
  });
});

describe("a policy", () => {
  test("cannot turn any of the 16 codes that are hard or handled as never into a retry", () => {
    const refused = HANDLING.filter(
      ({ code }) => policyProblems({ ...DEFAULT_POLICY, codes: { [code]: "retry" } }).length > 0,
    );
    expect(refused.map(({ code }) => code)).toEqual([
      "AUTHENTICATION_FAILURE",
      "CARD_DECLINED",
      "DO_NOT_HONOR",
      "EXPIRED_CARD",
      "FRAUDULENT",
      "INVALID_ACCOUNT",
      "LOST_CARD",
      "MANDATE_REQUIRED_SYSTEM",
      "PAYMENT_METHOD_PROVIDER_DECLINED",
      "PAYMENT_METHOD_UNSUPPORTED",
      "PICKUP_CARD",
      "PROVIDER_UNSUPPORTED",
      "REVOCATION_OF_AUTHORIZATION",
      "STOLEN_CARD",
      "TRANSACTION_NOT_ALLOWED",
      "TRANSACTION_NOT_APPROVED",
    ]);
  });

  test("has no problems as built in", () => {
    expect(policyProblems(DEFAULT_POLICY)).toEqual([]);
  });

  const retry = (given: Partial<Policy["retry"]>): Partial<Policy> => ({
    retry: { ...DEFAULT_POLICY.retry, ...given },
  });
  const notices = (given: Partial<Policy["notices"]>): Partial<Policy> => ({
    notices: { ...DEFAULT_POLICY.notices, ...given },
  });
  const gaps = (...gapsMs: number[]): Partial<Policy> => retry({ gapsMs });
  const of = (count: number, value = DAY_MS): number[] =>
    Array.from({ length: count }, () => value);
  const hours = (count: number): number[] =>
    Array.from({ length: count }, (_, index) => index * HOUR_MS);
  const FORBIDDEN = "must be `never`, because Dodo forbids retrying this code";

  // On each line: the last valid value, the first invalid one, and the problem.
  test.each<[Partial<Policy>, Partial<Policy>, string]>([
    [gaps(...of(8)), gaps(...of(9)), "retry.gaps: must be at most 8 gaps"],
    [
      retry({ align: "none", gapsMs: [1, 1] }),
      retry({ align: "none", gapsMs: [1, 0] }),
      "retry.gaps: must each be longer than 0s",
    ],
    [
      gaps(20 * DAY_MS, 7 * DAY_MS),
      gaps(20 * DAY_MS, 7 * DAY_MS + 1),
      "retry.gaps: must add up to at most window minus quiet_end",
    ],
    [
      retry({ align: "none", transientGapMs: 1 }),
      retry({ align: "none", transientGapMs: 0 }),
      "retry.transient_gap: must be longer than 0s",
    ],
    [
      gaps(DAY_MS, DAY_MS),
      gaps(DAY_MS, DAY_MS - 1),
      "retry.align: must be `none` when a gap is shorter than a day",
    ],
    [
      retry({ repeatedCodeLimit: 2 }),
      retry({ repeatedCodeLimit: 1 }),
      "retry.repeated_code_limit: must be 2 or more",
    ],
    [retry({ settleMs: 1 }), retry({ settleMs: 0 }), "retry.settle: must be longer than 0s"],
    [
      retry({ settleReads: 4 }),
      retry({ settleReads: 3 }),
      "retry.settle_reads: must be from 4 to 50",
    ],
    [
      retry({ settleReads: 50 }),
      retry({ settleReads: 51 }),
      "retry.settle_reads: must be from 4 to 50",
    ],
    [
      retry({ outcomeDeadlineMs: HOUR_MS + 1, followUpMs: [HOUR_MS, DAY_MS] }),
      retry({ outcomeDeadlineMs: HOUR_MS, followUpMs: [HOUR_MS, DAY_MS] }),
      "retry.outcome_deadline: must be longer than the first follow_up",
    ],
    [
      retry({ followUpMs: [1] }),
      retry({ followUpMs: [] }),
      "retry.follow_up: must have at least one gap, each longer than 0s",
    ],
    [
      retry({ followUpMs: [1, 1] }),
      retry({ followUpMs: [1, 0] }),
      "retry.follow_up: must have at least one gap, each longer than 0s",
    ],
    [
      retry({ afterMethodChangeMs: 1 }),
      retry({ afterMethodChangeMs: 0 }),
      "retry.after_method_change: must be longer than 0s",
    ],
    [
      notices({ hardMs: [0, 1, 2] }),
      notices({ hardMs: [0, 1, 1] }),
      "notices.hard: must each be later than the one before",
    ],
    [
      notices({ hardMs: hours(10) }),
      notices({ hardMs: hours(11) }),
      "notices.hard: must be at most 10 notices",
    ],
    [
      notices({ hardMs: [0, DEFAULT_POLICY.windowMs - 1] }),
      notices({ hardMs: [0, DEFAULT_POLICY.windowMs] }),
      "notices.hard: must each be before the window ends",
    ],
    [
      notices({ perCustomerWeek: 1 }),
      notices({ perCustomerWeek: 0 }),
      "notices.per_customer_week: must be from 1 to 50",
    ],
    [
      notices({ perCustomerWeek: 50 }),
      notices({ perCustomerWeek: 51 }),
      "notices.per_customer_week: must be from 1 to 50",
    ],
    [{ openingRereadMs: 1 }, { openingRereadMs: 0 }, "opening_reread: must be longer than 0s"],
    [
      { quietEndMs: DEFAULT_POLICY.windowMs - 1, ...gaps() },
      { quietEndMs: DEFAULT_POLICY.windowMs, ...gaps() },
      "quiet_end: must be shorter than window",
    ],
    [
      { windowMs: 1, quietEndMs: 0, ...gaps(), ...notices({ hardMs: [0] }) },
      { windowMs: 0, quietEndMs: -1, ...gaps(), ...notices({ hardMs: [] }) },
      "window: must be longer than 0s",
    ],
    [{ maxDebtAgeMs: 1 }, { maxDebtAgeMs: 0 }, "max_debt_age: must be longer than 0s"],
    [{ maxOpenedPerSweep: 1 }, { maxOpenedPerSweep: 0 }, "max_opened_per_sweep: must be 1 or more"],
    [
      { codes: { A_NEW_1: "retry" } },
      { codes: { a_NEW_1: "retry" } },
      "codes.a_NEW_1: must be written in UPPER_SNAKE_CASE",
    ],
    [
      { codes: {} },
      { codes: { "NEW CODE": "retry" } },
      "codes.NEW CODE: must be written in UPPER_SNAKE_CASE",
    ],
    [
      { codes: { CARD_DECLINED: "customer", MANDATE_REQUIRED_SYSTEM: "customer" } },
      { codes: { CARD_DECLINED: "retry" } },
      "codes.CARD_DECLINED: cannot be `retry`, because the decline is final for that card",
    ],
    [
      { codes: { STOLEN_CARD: "never" } },
      { codes: { STOLEN_CARD: "customer" } },
      `codes.STOLEN_CARD: ${FORBIDDEN}`,
    ],
  ])("may be %j and not %j", (valid, invalid, problem) => {
    const problems = (given: Partial<Policy>): string[] =>
      policyProblems({ ...DEFAULT_POLICY, ...given }).map(
        (found) => `${found.path}: ${found.problem}`,
      );
    expect(problems(valid)).toEqual([]);
    expect(problems(invalid)).toEqual([problem]);
  });

  test("may use gaps of seconds", () => {
    const text =
      "retry: { gaps: [2s, 3s], transient_gap: 1s, align: none, settle: 4s }\nwindow: 60s\nquiet_end: 5s\nnotices: { hard: [0s, 10s] }";
    expect(problemsOf(text)).toEqual([]);
  });

  test("requires Temporal to keep closed runs for its window plus two weeks", () => {
    const policy: Policy = { ...DEFAULT_POLICY, windowMs: 10 * DAY_MS };
    expect(retentionNeededMs(policy)).toBe(24 * DAY_MS);
  });
});
