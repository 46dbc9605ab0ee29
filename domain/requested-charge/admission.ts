import { debtFromRequest } from "../debt/debt-of-payments.ts";
import { refuseChargeRequest } from "../debt/ending.ts";
import { insertByAge, QUEUE_MAX } from "../debt/queue.ts";
import { type DecisionDraft, explain, startEffect, update } from "../decision/draft.ts";
import { startRead } from "../decision/reads.ts";
import { newOpening } from "../state/current-debt.ts";
import type { ChargeRequested } from "../state/event.ts";
import { isShadow } from "../state/facts.ts";
import type { Subscription } from "../state/payment.ts";
import { type Recovery } from "../state/recovery.ts";
import type { ChargeRefusal, ChargeRequest } from "../state/requested-charge.ts";
import { describeMoney, money } from "../values/money.ts";
import { changedChargeStatuses, chargeRefusalOf, chargeStatusOf } from "./requested-charge.ts";

// Charges that the merchant asks of us: taken or refused, queued as debts, and told of.

/** Asked once, it is kept until the subscription is read; asked again, it is the same. */
export function onChargeRequested(draft: DecisionDraft, { request }: ChargeRequested): void {
  const { recovery, now } = draft;
  const known = chargeStatusOf(recovery, request.chargeId, now);
  if (known !== null)
    return explain(
      draft,
      "requested_charge.already_known",
      `it was asked before, and is ${known.state}`,
    );
  const refusal = refusalBeforeReading(recovery);
  if (refusal !== null) return refuseChargeRequest(draft, request, refusal);
  update(draft, { chargeRequests: [...recovery.chargeRequests, request] });
  explain(
    draft,
    "requested_charge.received",
    "a charge is asked of us; the subscription is read first",
  );
  if (recovery.debt === null && recovery.opening === null)
    update(draft, { opening: newOpening(now) });
  else startRead(draft, "a charge is asked");
}

/** What needs no look at Dodo. */
function refusalBeforeReading(
  recovery: Recovery,
): { readonly code: ChargeRefusal; readonly reason: string } | null {
  if (isShadow(recovery)) return { code: "shadow", reason: "shadow mode sends nothing" };
  const { queue, chargeRequests } = recovery;
  if (queue.length + chargeRequests.length < QUEUE_MAX) return null;
  return { code: "too_many_debts", reason: `${QUEUE_MAX} debts of this subscription wait already` };
}

/** The subscription was read: what is asked becomes a debt, or is refused. */
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
  explain(
    draft,
    "requested_charge.accepted",
    `${describeMoney(money(debt.priceMinor, debt.currency))} is to be charged`,
  );
}

/** Dodo knows no such subscription. */
export function refuseAllAsUnknown(draft: DecisionDraft): void {
  const refusal = {
    code: "subscription_not_found",
    reason: "Dodo knows no such subscription",
  } as const;
  for (const request of draft.recovery.chargeRequests) refuseChargeRequest(draft, request, refusal);
}

/** Who asked is told what changed, and, who asks again, how it stands. */
export function reportChargeStatuses(draft: DecisionDraft, before: Recovery): void {
  const { recovery, now, event } = draft;
  const standings = changedChargeStatuses(before, recovery, now);
  const again = event.kind === "charge_requested" ? event.request.chargeId : null;
  if (again !== null && standings.every(({ chargeId }) => chargeId !== again)) {
    const standing = chargeStatusOf(recovery, again, now);
    if (standing !== null && standing.state !== "received") standings.push(standing);
  }
  for (const status of standings) startEffect(draft, { kind: "report_charge_status", status });
}
