import type { Attributes } from "../decision/decision.ts";
import { classifyDecline } from "../declines/decline.ts";
import type { Attempt } from "../state/attempt.ts";
import type { Debt, EndedDebt } from "../state/debt.ts";
import type { Recovery } from "../state/recovery.ts";
import type { Instant } from "../values/time.ts";

/** The search attributes of a recovery, by the names in `SEARCH_ATTRIBUTES` of workflows/contract.ts. */
export function attributesOf(recovery: Recovery): Attributes {
  const last = lastEnd(recovery);
  const code = lastDeclineCode(recovery.attempts) ?? lastDeclineCode(last?.attempts ?? []);
  const decline = code === null ? null : classifyDecline(code, {});
  const isEnded = recovery.debt === null && recovery.opening === null && last !== undefined;
  const currency = recovery.debt?.currency ?? last?.currency;
  const customerId = recovery.subscription?.customerId;
  return {
    state: recovery.state,
    nextAttemptAt: recovery.plan?.at ?? null,
    chargeUnknownSince: chargeUnknownSince(recovery),
    ...(isEnded ? { outcome: last.outcome, amountDue: 0 } : {}),
    ...(recovery.debt === null ? {} : { amountDue: dueMinor(recovery.debt, recovery.queue) }),
    ...(decline === null ? {} : { declineCode: decline.code, declineClass: decline.declineClass }),
    ...(customerId === undefined ? {} : { customerId }),
    ...(currency == null ? {} : { currency }),
  };
}

/** The fence counts from the same instant. @source docs/RECOVERY.md, "The fence" */
function chargeUnknownSince({ charge }: Recovery): Instant | null {
  return charge?.phase === "unknown" ? (charge.sentNoLaterThan ?? charge.startedAt) : null;
}

/** The current debt and the queued debts in the same currency, with tax: amounts of two currencies are never added. */
function dueMinor(debt: Debt, queue: Recovery["queue"]): number {
  const same = queue.filter((one) => !one.awaitsAnswer && one.debt.currency === debt.currency);
  return same.reduce((total, one) => total + one.debt.totalMinor, debt.totalMinor);
}

/** The end of the last debt. An opening that found nothing counts only where no debt ended. */
export function lastEnd(recovery: Recovery): EndedDebt | undefined {
  return recovery.ended.findLast(({ debtId }) => debtId !== null) ?? recovery.ended.at(-1);
}

/** A recovery has no attributes before its first decision. */
const NO_ATTRIBUTES: Attributes = { nextAttemptAt: null, chargeUnknownSince: null };

/** The attributes that changed at `now`; null where none did. */
export function changedAttributes(
  before: Recovery,
  after: Recovery,
  now: Instant,
): Attributes | null {
  const old = before.mode === null ? NO_ATTRIBUTES : attributesOf(before);
  const changed: Attributes = Object.fromEntries(
    Object.entries(attributesOf(after)).filter(
      ([name, value]) => old[name as keyof Attributes] !== value,
    ),
  );
  if (changed.state !== undefined) return { ...changed, stateSince: now };
  return Object.keys(changed).length === 0 ? null : changed;
}

function lastDeclineCode(attempts: readonly Attempt[]): string | null {
  return attempts.findLast((attempt) => attempt.result === "declined")?.declineCode ?? null;
}
