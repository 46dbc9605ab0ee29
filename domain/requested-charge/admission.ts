import { askedDebtOf } from "../debt/debt-of-payments.ts";
import { refuseRequest } from "../debt/ending.ts";
import { QUEUE_MAX, queueUp } from "../debt/queue.ts";
import { because, start, startRead, type Turn, update } from "../draft/draft.ts";
import type { ChargeRequested } from "../state/event.ts";
import { isShadow } from "../state/facts.ts";
import type { Subscription } from "../state/payment.ts";
import { openingAt, type Recovery } from "../state/recovery.ts";
import type { ChargeRefusal, ChargeRequest } from "../state/requested-charge.ts";
import { describeMoney, money } from "../values/money.ts";
import { changedCharges, chargeRefusalOf, chargeStandingOf } from "./requested-charge.ts";

// Charges that the merchant asks of us: taken or refused, queued as debts, and told of.

/** Asked once, it is kept until the subscription is read; asked again, it is the same. */
export function onChargeRequested(turn: Turn, { request }: ChargeRequested): void {
  const { recovery, now } = turn;
  const known = chargeStandingOf(recovery, request.chargeId, now);
  if (known !== null)
    return because(turn, "asked.known", `it was asked before, and is ${known.state}`);
  const refusal = refusalNow(recovery);
  if (refusal !== null) return refuseRequest(turn, request, refusal);
  update(turn, { requests: [...recovery.requests, request] });
  because(turn, "asked.received", "a charge is asked of us; the subscription is read first");
  if (recovery.debt === null && recovery.opening === null)
    update(turn, { opening: openingAt(now) });
  else startRead(turn, "a charge is asked");
}

/** What needs no look at Dodo. */
function refusalNow(
  recovery: Recovery,
): { readonly code: ChargeRefusal; readonly reason: string } | null {
  if (isShadow(recovery)) return { code: "shadow", reason: "shadow mode sends nothing" };
  const { queue, requests } = recovery;
  if (queue.length + requests.length < QUEUE_MAX) return null;
  return { code: "too_many_debts", reason: `${QUEUE_MAX} debts of this subscription wait already` };
}

/** The subscription was read: what is asked becomes a debt, or is refused. */
export function admitRequests(turn: Turn, subscription: Subscription): void {
  for (const request of turn.recovery.requests) {
    const refusal = chargeRefusalOf(request, subscription);
    if (refusal === null) admit(turn, request, subscription);
    else refuseRequest(turn, request, refusal);
  }
}

function admit(turn: Turn, request: ChargeRequest, subscription: Subscription): void {
  const debt = askedDebtOf(request, subscription);
  const { requests } = turn.recovery;
  update(turn, { requests: requests.filter(({ chargeId }) => chargeId !== debt.id) });
  queueUp(turn, { debt, attempts: [], isAsked: false, doubtedFor: null });
  because(
    turn,
    "asked.taken",
    `${describeMoney(money(debt.priceMinor, debt.currency))} is to be charged`,
  );
}

/** Dodo knows no such subscription. */
export function refuseUnknown(turn: Turn): void {
  const refusal = {
    code: "subscription_not_found",
    reason: "Dodo knows no such subscription",
  } as const;
  for (const request of turn.recovery.requests) refuseRequest(turn, request, refusal);
}

/** Who asked is told what changed, and, who asks again, how it stands. */
export function reportCharges(turn: Turn, before: Recovery): void {
  const { recovery, now, event } = turn;
  const standings = changedCharges(before, recovery, now);
  const again = event.kind === "charge_requested" ? event.request.chargeId : null;
  if (again !== null && standings.every(({ chargeId }) => chargeId !== again)) {
    const standing = chargeStandingOf(recovery, again, now);
    if (standing !== null && standing.state !== "received") standings.push(standing);
  }
  for (const standing of standings) start(turn, { kind: "report_charge", standing });
}
