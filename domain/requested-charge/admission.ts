import { debtFromRequest } from "../debt/debt-of-payments.ts";
import { refuseChargeRequest } from "../debt/ending.ts";
import { describePrice } from "../debt/price.ts";
import { insertByAge, QUEUE_MAX } from "../debt/queue.ts";
import { type DecisionDraft, explain, startEffect, update } from "../decision/draft.ts";
import { startRead } from "../decision/reads.ts";
import { newOpening } from "../state/current-debt.ts";
import type { ChargeRequested } from "../state/event.ts";
import { sendsNothing } from "../state/facts.ts";
import type { Subscription } from "../state/payment.ts";
import { type Recovery } from "../state/recovery.ts";
import type { ChargeRefusal, ChargeRequest } from "../state/requested-charge.ts";
import { changedChargeStatuses, chargeRefusalOf, chargeStatusOf } from "./requested-charge.ts";

// Charges that the merchant requests through our API: accepted or refused, queued as debts, and reported.

/** Records a request until the subscription is read. A repeated request changes nothing. */
export function onChargeRequested(draft: DecisionDraft, { request }: ChargeRequested): void {
  const { recovery, now } = draft;
  const known = chargeStatusOf(recovery, request.chargeId, now);
  if (known !== null)
    return explain(
      draft,
      "requested_charge.already_known",
      `the charge was requested before; its state is ${known.state.replaceAll("_", " ")}`,
    );
  const refusal = refusalBeforeReading(recovery);
  if (refusal !== null) return refuseChargeRequest(draft, request, refusal);
  update(draft, { chargeRequests: [...recovery.chargeRequests, request] });
  explain(
    draft,
    "requested_charge.received",
    "a charge was requested; the subscription is read first",
  );
  if (recovery.debt === null && recovery.opening === null)
    update(draft, { opening: newOpening(now) });
  else startRead(draft, "a requested charge");
}

/** Refusals that need no read of Dodo. */
function refusalBeforeReading(
  recovery: Recovery,
): { readonly code: ChargeRefusal; readonly reason: string } | null {
  if (sendsNothing(recovery))
    return { code: "shadow", reason: `${recovery.mode} mode sends nothing` };
  const { queue, chargeRequests } = recovery;
  if (queue.length + chargeRequests.length < QUEUE_MAX) return null;
  return {
    code: "too_many_debts",
    reason: `${QUEUE_MAX} debts of this subscription are already queued`,
  };
}

/** Decides every request once the subscription was read: it becomes a debt, or is refused. */
export function admitRequests(draft: DecisionDraft, subscription: Subscription): void {
  for (const request of draft.recovery.chargeRequests) {
    const refusal = chargeRefusalOf(request, subscription);
    if (refusal === null) admit(draft, request, subscription);
    else refuseChargeRequest(draft, request, refusal);
  }
}

function admit(draft: DecisionDraft, request: ChargeRequest, subscription: Subscription): void {
  const debt = debtFromRequest(request, subscription);
  const { chargeRequests } = draft.recovery;
  update(draft, { chargeRequests: chargeRequests.filter(({ chargeId }) => chargeId !== debt.id) });
  insertByAge(draft, { debt, attempts: [], awaitsAnswer: false, possiblyPaidBy: null });
  explain(draft, "requested_charge.accepted", `${describePrice(debt)} will be charged`);
}

/** Refuses every request: Dodo does not know the subscription. */
export function refuseAllAsUnknown(draft: DecisionDraft): void {
  const refusal = {
    code: "subscription_not_found",
    reason: "Dodo does not know this subscription",
  } as const;
  for (const request of draft.recovery.chargeRequests) refuseChargeRequest(draft, request, refusal);
}

/** Reports each changed status to the charge's workflow; a repeated request gets the current status. */
export function reportChargeStatuses(draft: DecisionDraft, before: Recovery): void {
  const { recovery, now, event } = draft;
  const statuses = changedChargeStatuses(before, recovery, now);
  const requested = event.kind === "charge_requested" ? event.request.chargeId : null;
  if (requested !== null && statuses.every(({ chargeId }) => chargeId !== requested)) {
    const current = chargeStatusOf(recovery, requested, now);
    if (current !== null && current.state !== "received") statuses.push(current);
  }
  for (const status of statuses) startEffect(draft, { kind: "report_charge_status", status });
}
