import { classifyDecline } from "../../domain/declines/decline.ts";
import type { Attempt } from "../../domain/state/attempt.ts";
import type { Debt, EndedDebt } from "../../domain/state/debt.ts";
import { isOurAttempt, latestEndOf } from "../../domain/state/facts.ts";
import type { Outcome } from "../../domain/state/outcome.ts";
import type { Recovery } from "../../domain/state/recovery.ts";
import type { Instant } from "../../domain/values/time.ts";
import type { AttemptRow, DebtState, RunKey } from "./rows.ts";

/** A row without the decision that writes it. */
export type Undated<R> = Omit<R, "decision" | "rule"> & { readonly rule?: string | null };

/** A debt and its attempts, as a state shows them. */
export type DebtFacts = {
  readonly debt: Undated<DebtState>;
  readonly attempts: readonly Undated<AttemptRow>[];
};

const PAID: readonly Outcome[] = ["recovered", "collected"];

/** The debts that are open in this state, the current one first. A queued failure that awaits an answer may be none. */
export function openDebts(run: RunKey, recovery: Recovery): readonly DebtFacts[] {
  const { debt, queue } = recovery;
  return [
    ...(debt === null ? [] : [currentDebt(run, recovery, debt)]),
    ...queue
      .filter(({ awaitsAnswer }) => !awaitsAnswer)
      .map(({ debt: queued, attempts }) => ({
        debt: { ...openFields(run, queued, attempts), ...NOT_ENDED, status: "queued" as const },
        attempts: attemptRows(run, queued.id, attempts),
      })),
  ];
}

/** A debt that is paid late keeps its end until the payment is there. */
function currentDebt(run: RunKey, recovery: Recovery, debt: Debt): DebtFacts {
  const { attempts: known, settlement, latePayment } = recovery;
  const attempts = attemptRows(run, debt.id, known);
  const end = latePayment === null ? null : latestEndOf(recovery, debt.id);
  if (end !== null && settlement === null) {
    return { debt: { ...endedFields(run, end, null, debt), isLate: true }, attempts };
  }
  const open = openFields(run, debt, known);
  const settled =
    settlement === null
      ? {}
      : {
          settledAt: settlement.at,
          endedBy: settlement.by,
          settledByPaymentId: settlement.paymentId,
          settledAttempt: numberOf(settlement.paymentId, known),
          collectedMinor: debt.totalMinor,
        };
  const isLate = latePayment !== null;
  return { debt: { ...open, ...NOT_ENDED, status: "open", ...settled, isLate }, attempts };
}

/** The debts that have ended between two states. */
export function newlyEnded(run: RunKey, before: Recovery, after: Recovery): readonly DebtFacts[] {
  const known = new Set(before.ended.map(nameOf));
  return after.ended.flatMap((end) => {
    const { debtId } = end;
    if (debtId === null || known.has(nameOf(end))) return [];
    const wasCurrent = before.debt?.id === debtId;
    const settledAt = wasCurrent ? (before.settlement?.at ?? null) : null;
    const debt = wasCurrent
      ? before.debt
      : (before.queue.find((one) => one.debt.id === debtId)?.debt ?? null);
    return [
      {
        debt: endedFields(run, end, settledAt, debt),
        attempts: attemptRows(run, debtId, end.attempts),
      },
    ];
  });
}

const nameOf = ({ debtId, endedAt }: EndedDebt): string => JSON.stringify([debtId, endedAt]);

const NOT_ENDED = {
  isLate: false,
  outcome: null,
  endedAt: null,
  endedBy: null,
  rule: null,
  settledAt: null,
  settledByPaymentId: null,
  settledAttempt: null,
  collectedMinor: null,
  isReactivated: null,
} as const;

type OpenFields = Omit<Undated<DebtState>, keyof typeof NOT_ENDED | "status">;

function openFields(run: RunKey, debt: Debt, attempts: readonly Attempt[]): OpenFields {
  return {
    ...run,
    debtId: debt.id,
    amountMinor: debt.totalMinor,
    currency: debt.currency === "" ? null : debt.currency,
    firstFailedAt: debt.firstFailedAt,
    ...declineFields(debt.firstDeclineCode),
    trigger: attempts[0]?.trigger ?? null,
    isRequested: debt.requested !== undefined,
    ...attemptCounts(attempts),
  };
}

function endedFields(
  run: RunKey,
  end: EndedDebt,
  settledAt: Instant | null,
  debt: Debt | null,
): Undated<DebtState> {
  const { amountMinor, totalMinor = amountMinor, currency, attempts, paymentId, outcome } = end;
  const isPaid = PAID.includes(outcome);
  return {
    ...run,
    debtId: end.debtId ?? "",
    status: "ended",
    amountMinor: totalMinor,
    currency: currency === "" ? null : currency,
    firstFailedAt: end.firstFailedAt,
    ...declineFields(end.firstDeclineCode ?? debt?.firstDeclineCode ?? null),
    trigger: attempts[0]?.trigger ?? null,
    isRequested: end.requested === true,
    isLate: end.late === true,
    outcome,
    endedAt: end.endedAt,
    endedBy: end.by,
    rule: end.rule,
    settledAt: isPaid ? (settledAt ?? end.endedAt) : null,
    settledByPaymentId: isPaid ? paymentId : null,
    settledAttempt: isPaid ? numberOf(paymentId, attempts) : null,
    collectedMinor: isPaid ? totalMinor : null,
    isReactivated: end.reactivated,
    ...attemptCounts(attempts),
  };
}

function attemptCounts(
  all: readonly Attempt[],
): Pick<DebtState, "attempts" | "ownAttempts" | "declinedAttempts"> {
  const made = all.filter(({ result }) => result !== "shadowed");
  return {
    attempts: made.length,
    ownAttempts: made.filter(isOurAttempt).length,
    declinedAttempts: made.filter(({ result }) => result === "declined").length,
  };
}

/** The number of the attempt that made this payment. */
function numberOf(paymentId: string | null, attempts: readonly Attempt[]): number | null {
  if (paymentId === null) return null;
  return attempts.find((attempt) => attempt.paymentId === paymentId)?.number ?? null;
}

function declineFields(code: string | null): Pick<DebtState, "firstDeclineCode" | "declineClass"> {
  if (code === null) return { firstDeclineCode: null, declineClass: null };
  const decline = classifyDecline(code, {});
  return { firstDeclineCode: decline.code, declineClass: decline.declineClass };
}

function attemptRows(
  run: RunKey,
  debtId: string,
  attempts: readonly Attempt[],
): readonly Undated<AttemptRow>[] {
  return attempts.map((attempt, index) => {
    const { number, trigger, result, paymentId, startedAt, endedAt } = attempt;
    // An attempt of shadow mode repeats the code before it.
    const isDeclined = result === "declined";
    const decline = isDeclined ? classifyDecline(attempt.declineCode, {}) : null;
    return {
      ...run,
      debtId,
      position: index + 1,
      number,
      trigger,
      result,
      declineCode: decline?.code ?? null,
      declineClass: decline?.declineClass ?? null,
      paymentId,
      startedAt,
      endedAt,
    };
  });
}
