import { type Handling, HANDLING, isNeverRetried } from "./declines/handling.ts";
import { GAPS_MAX } from "./limits.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from "./values/time.ts";

/**
 * The settings of a merchant's policy. Each recovery pins them when it opens, so that editing the policy file changes
 * no open recovery. Durations are in milliseconds. `config/policy.ts` reads the file; docs/CONFIGURATION.md explains it.
 */
export type Policy = {
  readonly retry: {
    /** The gaps before attempts 2, 3, …. Attempt 1 is the charge that failed. */
    readonly gapsMs: readonly number[];
    /** The first gap after a transient decline code. */
    readonly transientGapMs: number;
    readonly align: "authorization_time" | "none";
    readonly repeatedCodeLimit: number;
    /** How long an unknown charge must stay absent before the same attempt is sent again. */
    readonly settleMs: number;
    readonly settleReads: number;
    readonly outcomeDeadlineMs: number;
    /** The gaps between the follow-up reads of something open; the last one repeats. */
    readonly followUpMs: readonly number[];
    readonly afterMethodChangeMs: number;
  };
  readonly notices: {
    readonly firstSoftMs: number;
    /** 0 for no announcement. */
    readonly beforeAttemptMs: number;
    readonly hardMs: readonly number[];
    /** Notices to one customer in seven days, across subscriptions. `recovered` and `cancelled` do not count. */
    readonly perCustomerWeek: number;
    readonly recovered: boolean;
  };
  readonly openingRereadMs: number;
  readonly windowMs: number;
  readonly quietEndMs: number;
  readonly onExhausted: "leave" | "cancel";
  readonly foreignCharges: "ask" | "same_debt" | "new_debt";
  readonly debtKey: string | null;
  /** What a success means that the customer has made since for another subscription to the same product. */
  readonly replacedBy: "ask" | "end" | "ignore";
  /** What an unknown tax of a failed payment means: `ask` the customer, or `none`, for accounts for which Dodo computes no tax. */
  readonly unknownTax: "ask" | "none";
  readonly maxDebtAgeMs: number;
  /** How many recoveries one sweep opens. Their customers get a first notice within the hour. */
  readonly maxOpenedPerSweep: number;
  readonly scheduledSubscriptions: "observe" | "manage";
  readonly oneTimePayments: "ignore" | "notify";
  /** The merchant's consent to charge real customers more often or faster than Dodo advises. */
  readonly acceptRisk: boolean;
  readonly codes: Readonly<Record<string, Handling>>;
};

export const DEFAULT_POLICY: Policy = {
  retry: {
    gapsMs: [3 * DAY_MS, 7 * DAY_MS, 7 * DAY_MS],
    transientGapMs: 24 * HOUR_MS,
    align: "authorization_time",
    repeatedCodeLimit: 3,
    settleMs: 24 * HOUR_MS,
    settleReads: 4,
    outcomeDeadlineMs: 72 * HOUR_MS,
    followUpMs: [1 * MINUTE_MS, 10 * MINUTE_MS, 1 * HOUR_MS, 6 * HOUR_MS, 12 * HOUR_MS],
    afterMethodChangeMs: 1 * HOUR_MS,
  },
  notices: {
    firstSoftMs: 2 * HOUR_MS,
    beforeAttemptMs: 24 * HOUR_MS,
    hardMs: [0, 3 * DAY_MS, 7 * DAY_MS, 14 * DAY_MS],
    perCustomerWeek: 5,
    recovered: true,
  },
  openingRereadMs: 10 * SECOND_MS,
  windowMs: 30 * DAY_MS,
  quietEndMs: 72 * HOUR_MS,
  onExhausted: "leave",
  foreignCharges: "ask",
  debtKey: null,
  replacedBy: "ask",
  unknownTax: "ask",
  maxDebtAgeMs: 7 * DAY_MS,
  maxOpenedPerSweep: 200,
  scheduledSubscriptions: "observe",
  oneTimePayments: "ignore",
  acceptRisk: false,
  codes: {},
};

/** With fewer reads, one lagging list could pass for absence. @source docs/RECOVERY.md, "The fence" */
const SETTLE_READS_MIN = 4;

/** One problem of a policy. `path` is the key as in the policy file; `problem` says what is required. */
export type PolicyProblem = { readonly path: string; readonly problem: string };

type Check = (policy: Policy) => PolicyProblem | null;

function check(path: string, holds: (policy: Policy) => boolean, problem: string): Check {
  return (policy) => (holds(policy) ? null : { path, problem });
}

const sum = (values: readonly number[]): number =>
  values.reduce((total, value) => total + value, 0);

const isRising = (values: readonly number[]): boolean =>
  values.every((value, index) => index === 0 || value > (values[index - 1] ?? 0));

const CHECKS: readonly Check[] = [
  check(
    "retry.gaps",
    ({ retry }) => retry.gapsMs.length <= GAPS_MAX,
    `must be at most ${GAPS_MAX} gaps`,
  ),
  check(
    "retry.gaps",
    ({ retry }) => retry.gapsMs.every((gap) => gap > 0),
    "must each be longer than 0s",
  ),
  check(
    "retry.gaps",
    ({ retry, windowMs, quietEndMs }) => sum(retry.gapsMs) <= windowMs - quietEndMs,
    "must add up to at most window minus quiet_end",
  ),
  check("retry.transient_gap", ({ retry }) => retry.transientGapMs > 0, "must be longer than 0s"),
  check(
    "retry.align",
    ({ retry }) =>
      retry.align === "none" ||
      [...retry.gapsMs, retry.transientGapMs].every((gap) => gap >= DAY_MS),
    "must be `none` when a gap is shorter than a day",
  ),
  check(
    "retry.repeated_code_limit",
    ({ retry }) => retry.repeatedCodeLimit >= 2,
    "must be 2 or more",
  ),
  check("retry.settle", ({ retry }) => retry.settleMs > 0, "must be longer than 0s"),
  check(
    "retry.settle_reads",
    ({ retry }) => retry.settleReads >= SETTLE_READS_MIN && retry.settleReads <= 50,
    `must be from ${SETTLE_READS_MIN} to 50`,
  ),
  check(
    "retry.outcome_deadline",
    ({ retry }) => retry.outcomeDeadlineMs > (retry.followUpMs[0] ?? 0),
    "must be longer than the first follow_up",
  ),
  check(
    "retry.follow_up",
    ({ retry }) => retry.followUpMs.length > 0 && retry.followUpMs.every((gap) => gap > 0),
    "must have at least one gap, each longer than 0s",
  ),
  check(
    "retry.after_method_change",
    ({ retry }) => retry.afterMethodChangeMs > 0,
    "must be longer than 0s",
  ),
  check(
    "notices.hard",
    ({ notices }) => isRising(notices.hardMs),
    "must each be later than the one before",
  ),
  check("notices.hard", ({ notices }) => notices.hardMs.length <= 10, "must be at most 10 notices"),
  check(
    "notices.hard",
    ({ notices, windowMs }) => notices.hardMs.every((offset) => offset < windowMs),
    "must each be before the window ends",
  ),
  check(
    "notices.per_customer_week",
    ({ notices }) => notices.perCustomerWeek >= 1 && notices.perCustomerWeek <= 50,
    "must be from 1 to 50",
  ),
  check("opening_reread", ({ openingRereadMs }) => openingRereadMs > 0, "must be longer than 0s"),
  check("window", ({ windowMs }) => windowMs > 0, "must be longer than 0s"),
  check(
    "quiet_end",
    ({ quietEndMs, windowMs }) => quietEndMs < windowMs,
    "must be shorter than window",
  ),
  check("max_debt_age", ({ maxDebtAgeMs }) => maxDebtAgeMs > 0, "must be longer than 0s"),
  check(
    "max_opened_per_sweep",
    ({ maxOpenedPerSweep }) => maxOpenedPerSweep >= 1,
    "must be 1 or more",
  ),
];

const FIXED_CODES = new Set(HANDLING.filter((row) => !row.overridable).map((row) => row.code));

function codeProblems(policy: Policy): PolicyProblem[] {
  return Object.entries(policy.codes).flatMap(([code, handling]) => {
    const path = `codes.${code}`;
    if (!/^[A-Z][A-Z0-9_]*$/.test(code))
      return [{ path, problem: "must be written in UPPER_SNAKE_CASE" }];
    if (FIXED_CODES.has(code) && handling !== "never") {
      return [{ path, problem: "must be `never`, because Dodo forbids retrying this code" }];
    }
    if (handling === "retry" && isNeverRetried(code)) {
      return [{ path, problem: "cannot be `retry`, because the decline is final for that card" }];
    }
    return [];
  });
}

/** Every contradiction in a well-typed policy; empty for a valid one. */
export function policyProblems(policy: Policy): PolicyProblem[] {
  const broken = CHECKS.map((problem) => problem(policy)).filter((problem) => problem !== null);
  return [...broken, ...codeProblems(policy)];
}

/** How long Temporal must keep closed runs, so that later runs know the debts that ended. */
export function retentionNeededMs(policy: Policy): number {
  return policy.windowMs + 14 * DAY_MS;
}
