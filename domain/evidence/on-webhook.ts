import { onDodoDunning } from "../charge/dodo-retries.ts";
import { followReleased } from "../charge/released-payment.ts";
import { attributePayment, debtContextOf } from "../debt/attribution.ts";
import { type DecisionDraft, explain, update } from "../decision/draft.ts";
import { startHintedRead, startRead } from "../decision/reads.ts";
import { recordMethodResults } from "../schedule/method-results.ts";
import { recordCharge } from "../schedule/plan.ts";
import type { PaymentReported, SubscriptionReported, WebhookEvent } from "../state/event.ts";
import { awaitsPayment, describeStatus } from "../state/payment.ts";
import type { Recovery } from "../state/recovery.ts";
import { canReopenFor, openFromWebhook } from "./opening.ts";
import { reconcile } from "./reconcile.ts";

/** Payments that may wait for a read to attribute them. */
const PAYMENTS_TO_ATTRIBUTE_MAX = 20;

/** Applies a webhook. It is a hint: facts about the subscription are read from Dodo. */
export function onWebhook(draft: DecisionDraft, event: WebhookEvent): void {
  const { debt, opening } = draft.recovery;
  if (event.kind === "dodo_dunning_reported") {
    if (debt === null && opening === null) {
      explain(draft, "event.ignored", `${event.type}: nothing is owed`);
      return;
    }
    if (draft.recovery.latePayment === null) onDodoDunning(draft, event.type);
    else explain(draft, "event.ignored", `${event.type}: the customer pays late`);
    return;
  }
  if (event.kind === "subscription_reported") recordGracePeriod(draft, event);
  if (debt === null) {
    // A payment of a debt that has ended opens none.
    if (event.kind === "payment_reported" && followReleased(draft, [event.payment])) return;
    if (opening === null && !canReopen(draft.recovery, event)) {
      explain(draft, "event.ignored", `${event.type}: nothing is owed any more`);
      return;
    }
    openFromWebhook(draft, event.kind === "payment_reported" ? event.payment : null, event.type);
    return;
  }
  if (event.kind === "subscription_reported") {
    const now =
      event.dodoStatus === null ? "" : `, and the subscription is ${event.dodoStatus} now`;
    explain(draft, "subscription.hint", `${event.type} arrived${now}`);
    startHintedRead(draft, event.access, event.type);
    return;
  }
  explain(
    draft,
    "payment.already_known",
    `${event.type} arrived, and ${event.payment.paymentId} is ${describeStatus(event.payment)} now`,
  );
  recordMethodResults(draft, [event.payment]);
  recordCharge(draft, event.payment);
  // While a customer pays late, only reads are evidence: the payment may be of the page, or a new failure.
  if (draft.recovery.latePayment !== null || needsRead(draft, event)) readToAttribute(draft, event);
  else reconcile(draft, [event.payment], false);
  followReleased(draft, [event.payment]);
}

/**
 * Attribution may need a read: the gateway does not know the policy, so a webhook lacks the `debt_key`; and the
 * subscription's status afterwards shows whether a success paid for something else.
 */
function needsRead({ recovery, policy }: DecisionDraft, { payment }: PaymentReported): boolean {
  const context = debtContextOf(recovery);
  if (context === null) return false;
  const { kind } = attributePayment(payment, context);
  const isWithoutKey = kind === "unattributed" || kind === "dues";
  const isElsewhere = kind === "other_debt" && payment.state === "succeeded";
  const isPresumed = kind === "unattributed" && context.foreignCharges === "new_debt";
  return isElsewhere || isPresumed || (policy.debtKey !== null && isWithoutKey);
}

function readToAttribute(draft: DecisionDraft, { payment: { paymentId } }: PaymentReported): void {
  const { paymentsToAttribute } = draft.recovery;
  if (!paymentsToAttribute.includes(paymentId)) {
    update(draft, {
      paymentsToAttribute: [...paymentsToAttribute, paymentId].slice(-PAYMENTS_TO_ATTRIBUTE_MAX),
    });
  }
  startRead(draft, `what ${paymentId} pays for`);
}

/** Records the end of a grace period, which only webhooks carry. */
function recordGracePeriod(
  draft: DecisionDraft,
  { access, graceEndsAt }: SubscriptionReported,
): void {
  if (access === "grace" && graceEndsAt != null && graceEndsAt > draft.now) {
    update(draft, { graceEndsAt });
  }
}

/** After its last debt a run may stay open for a notice. A new failure opens it again. */
function canReopen(recovery: Recovery, event: WebhookEvent): boolean {
  if (recovery.ended.length === 0) return true;
  if (event.kind === "payment_reported") return canReopenFor(recovery, event.payment);
  return event.kind === "subscription_reported" && awaitsPayment(event.access);
}
