import type { DomainEvent } from "../../../domain/state/event.ts";
import { DAY_MS, type Instant } from "../../../domain/values/time.ts";
import type { ModelPayment } from "../../model/ledger.ts";
import type { DeadClaim } from "../simulation-run.ts";
import { debtIdsOf, type Ledger, PRE_CHARGE_CHECK_MS, succeededAt, successesOf } from "./ledger.ts";
import type { Violation } from "./violation.ts";

/** The operator's confirmation that this payment was dead, where Reprise accepted it. */
export function takenClaimOf(
  { paymentId }: ModelPayment,
  { run: { deadClaims, world } }: Ledger,
): DeadClaim | null {
  const claim = deadClaims.find((one) => one.paymentId === paymentId);
  return claim !== undefined && world.replies.get(claim.commandId)?.ok === true ? claim : null;
}

/** Whether the operator's confirmation allowed a charge at that time, although this payment was open. */
export function isAllowedPast(payment: ModelPayment, at: Instant, ledger: Ledger): boolean {
  const claim = takenClaimOf(payment, ledger);
  if (claim === null || claim.at > at) return false;
  // The pre-charge check reads the payment again, by its id.
  const completedAt = ledger.run.completedAt.get(payment.paymentId);
  if (completedAt !== undefined && completedAt + PRE_CHARGE_CHECK_MS < at) return false;
  const { decisions, stoppedAt } = ledger.run.world;
  // A reset applies the confirmation again, and forgets what followed.
  const isForgotten = (since: Instant): boolean =>
    stoppedAt.some((stop) => stop >= since && stop <= at);
  return !decisions.some(
    (one) =>
      one.at >= claim.at && one.at < at && isRefusedAsPending(one.event) && !isForgotten(one.at),
  );
}

/** Dodo's refusal ends the operator's confirmation, once it arrives: a worker may crash before. */
export function isRefusedAsPending(event: DomainEvent): boolean {
  return (
    event.kind === "charge_finished" &&
    event.outcome.kind === "not_attempted" &&
    event.outcome.why === "payment_pending"
  );
}

/** A debt that was paid twice because the operator was wrong. */
export type DoubleByOperator = {
  readonly paid: readonly ModelPayment[];
  /** An alert names one of the payments. */
  readonly isReported: boolean;
};

/**
 * The operator said that one of the payments was dead, and it succeeded after that: Reprise charged as it was told.
 * @param paid the successes of one debt
 */
export function isByOperator(paid: readonly ModelPayment[], ledger: Ledger): boolean {
  const others = paid.filter((payment) => {
    const claim = takenClaimOf(payment, ledger);
    return claim === null || (succeededAt(payment) ?? 0) < claim.at;
  });
  return paid.length >= 2 && others.length < 2;
}

export function doublesByOperator(ledger: Ledger): DoubleByOperator[] {
  const { alerts } = ledger.run.world;
  return debtIdsOf(ledger)
    .map((debtId) => successesOf(debtId, ledger))
    .filter((paid) => isByOperator(paid, ledger))
    .map((paid) => ({
      paid,
      isReported: alerts.some(
        (alert) =>
          alert.cause === "overcharged" &&
          paid.some(({ paymentId }) => paymentId === alert.paymentId),
      ),
    }));
}

/** Every double charge that the operator caused is told, while its payment is followed: to the end of the window. */
export function unreportedDoubles(ledger: Ledger): Violation[] {
  return doublesByOperator(ledger).flatMap(({ paid, isReported }) => {
    if (isReported || paid.some((payment) => isAfterWindow(payment, ledger))) return [];
    // A run that is stopped follows the payment no longer. @source docs/RECOVERY.md, "Terminate and Reset"
    if (wasFollowerStopped(paid, ledger)) return [];
    const detail = paid.map(({ paymentId }) => paymentId).join(", ");
    return [{ name: "unreported_double_charge", at: paid[1]?.createdAt ?? null, detail } as const];
  });
}

function wasFollowerStopped(paid: readonly ModelPayment[], ledger: Ledger): boolean {
  return paid.some((payment) => {
    const claim = takenClaimOf(payment, ledger);
    return claim !== null && ledger.run.world.stoppedAt.some((stop) => stop >= claim.at);
  });
}

function isAfterWindow(payment: ModelPayment, { run }: Ledger): boolean {
  const first = run.dodo.payments[0]?.createdAt ?? 0;
  return (succeededAt(payment) ?? 0) > first + run.plan.policy.windowMs - DAY_MS;
}
