import { DAY_MS, HOUR_MS, parseInstant } from "../../domain/values/time.ts";
import type { AttemptRow, DebtRow, NoticeRow, RunRows } from "../../ledger/projection/rows.ts";

export type SampleDebt = Partial<Omit<DebtRow, "debtId">> & {
  readonly debtId: string;
  /** The run that has it; the debt's own if it is left out. */
  readonly run?: string;
  readonly mode?: "act" | "shadow";
  /** Results of the attempts after the first, in order. */
  readonly retries?: readonly ("declined" | "succeeded")[];
  /** Days from the first failure at which emails were sent. */
  readonly noticeDays?: readonly number[];
  /** Days from the first failure until it was paid. */
  readonly paidAfterDays?: number;
};

const FIRST_FAILED_AT = parseInstant("2026-10-05T13:10:00Z") ?? 0;

/** A run with one debt, a failed charge of USD 29.00 in October, as the projection would write it. */
export function sampleRun(debt: SampleDebt): RunRows {
  const { debtId, run = `run-${debtId}`, mode = "act", retries = [], noticeDays = [] } = debt;
  const firstFailedAt = debt.firstFailedAt ?? FIRST_FAILED_AT;
  const key = { provider: "dodo", recoveryId: `recovery-${debtId}`, runId: run, decision: 9 };
  const { paidAfterDays = null } = debt;
  const settledAt = paidAfterDays === null ? null : firstFailedAt + paidAfterDays * DAY_MS;
  const outcome = debt.outcome ?? null;
  const endedAt = outcome === null ? null : (settledAt ?? firstFailedAt + 30 * DAY_MS);
  const amountMinor = debt.amountMinor === undefined ? 2900 : debt.amountMinor;
  const known: DebtRow = {
    ...key,
    debtId,
    status: outcome === null ? "open" : "ended",
    amountMinor,
    currency: "USD",
    firstFailedAt,
    firstDeclineCode: "INSUFFICIENT_FUNDS",
    declineClass: "soft",
    trigger: "charge",
    isRequested: false,
    isLate: false,
    outcome,
    endedAt,
    endedBy: null,
    rule: "window.ended",
    settledAt,
    settledByPaymentId: settledAt === null ? null : `pay_of_${debtId}`,
    settledAttempt: null,
    collectedMinor: settledAt === null ? null : amountMinor,
    isReactivated: null,
    attempts: 1 + retries.length,
    ownAttempts: retries.length,
    declinedAttempts: 1 + retries.filter((result) => result === "declined").length,
    notices: noticeDays.length,
    noticesBeforeSettlement: noticeDays.filter((day) => day < (paidAfterDays ?? Infinity)).length,
  };
  const { run: _run, mode: _mode, retries: _r, noticeDays: _n, paidAfterDays: _p, ...given } = debt;
  const row: DebtRow = { ...known, ...given };
  return {
    recovery: {
      ...key,
      subscriptionId: `sub_${debtId}`,
      customerId: `cus_${debtId}`,
      productId: "prod_1",
      mode,
      state: outcome === null ? "waiting" : "ended",
      openedAt: firstFailedAt,
      startedAt: run.endsWith("-2") ? firstFailedAt + 40 * DAY_MS : firstFailedAt,
      endedAt,
    },
    debts: [row],
    attempts: attemptsOf(row, retries),
    notices: noticeDays.map((day, index): NoticeRow => ({
      ...key,
      effectId: `e${index + 1}`,
      debtId,
      kind: "action_needed",
      noticeKey: `action_needed.${index}`,
      startedAt: firstFailedAt + day * DAY_MS,
      result: "sent",
    })),
    actions: [],
  };
}

function attemptsOf(
  { debtId, firstFailedAt, provider, recoveryId, runId, decision, firstDeclineCode }: DebtRow,
  retries: readonly ("declined" | "succeeded")[],
): readonly AttemptRow[] {
  return (["declined", ...retries] as const).map((result, index) => ({
    provider,
    recoveryId,
    runId,
    decision,
    debtId,
    position: index + 1,
    number: index + 1,
    trigger: index === 0 ? "charge" : "schedule",
    result,
    declineCode: result === "declined" ? firstDeclineCode : null,
    declineClass: result === "declined" ? "soft" : null,
    paymentId: index === 0 ? debtId : `pay_${debtId}_${index + 1}`,
    startedAt: (firstFailedAt ?? 0) + index * HOUR_MS,
    endedAt: (firstFailedAt ?? 0) + index * HOUR_MS + 1_000,
    rule: "charge.declined",
  }));
}

const NOVEMBER = parseInstant("2026-11-01T00:00:00Z") ?? 0;

/** The example that the tests of the definitions compute by hand. */
export const EXAMPLE: readonly SampleDebt[] = [
  {
    debtId: "pay_a",
    outcome: "recovered",
    endedBy: "attempt",
    settledAttempt: 2,
    retries: ["succeeded"],
    noticeDays: [1, 3.01],
    paidAfterDays: 3,
  },
  {
    debtId: "pay_b",
    amountMinor: 4900,
    outcome: "recovered",
    endedBy: "customer",
    paidAfterDays: 1,
    firstDeclineCode: "EXPIRED_CARD",
  },
  {
    debtId: "pay_c",
    amountMinor: 1000,
    outcome: "recovered",
    endedBy: "customer",
    noticeDays: [2, 5.01],
    paidAfterDays: 5,
  },
  {
    debtId: "pay_d",
    amountMinor: 2000,
    outcome: "exhausted",
    endedBy: "reprise",
    retries: ["declined", "declined", "declined"],
    noticeDays: [1, 2, 3, 4],
  },
  { debtId: "pay_e", amountMinor: 500 },
  {
    debtId: "pay_f",
    amountMinor: 700,
    outcome: "collected",
    endedBy: "attempt",
    isRequested: true,
    paidAfterDays: 0,
  },
  { debtId: "pay_g", amountMinor: 800, outcome: "nothing_owed", endedBy: "reprise" },
  { debtId: "pay_h", amountMinor: 900, outcome: "exhausted", endedBy: "reprise" },
  {
    debtId: "pay_h",
    run: "run-pay_h-2",
    amountMinor: 900,
    outcome: "recovered",
    endedBy: "link",
    isLate: true,
    paidAfterDays: 40,
  },
  {
    debtId: "pay_i",
    amountMinor: 300,
    mode: "shadow",
    outcome: "recovered",
    endedBy: "merchant",
    paidAfterDays: 1,
  },
  {
    debtId: "pay_j",
    amountMinor: 3000,
    currency: "JPY",
    outcome: "recovered",
    endedBy: "link",
    noticeDays: [0.5],
    paidAfterDays: 2,
  },
  {
    debtId: "pay_k",
    amountMinor: 12_345,
    currency: "KWD",
    firstFailedAt: NOVEMBER,
    outcome: "cancelled",
    endedBy: "merchant",
  },
];
