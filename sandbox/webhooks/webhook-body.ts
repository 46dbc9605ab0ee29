import type { SandboxContext } from "../model/context.ts";
import type { Payment } from "../model/state/entities.ts";
import type { Delivery } from "../model/state/logs.ts";
import { serializeDisputeDetails } from "../serializers/disputes.ts";
import { serializePayment } from "../serializers/payments.ts";
import { serializeRefund } from "../serializers/refunds.ts";
import { serializeSubscription } from "../serializers/subscriptions.ts";
import { isoOf, isoOrNull } from "../serializers/timestamps.ts";

type Data = Record<string, unknown>;

/**
 * The body of a delivery. `timestamp` is the time of the event; `data` is the latest state at the time of the attempt.
 * @source docs/dodo/webhooks.md, "Envelope" and "The body is the latest state"
 */
export function webhookBody(context: SandboxContext, delivery: Delivery): Data & { data: Data } {
  return {
    business_id: context.settings.businessId,
    type: delivery.type,
    timestamp: isoOf(delivery.occurredAt),
    data: { ...dataOf(context, delivery), ...delivery.overrides },
  };
}

function dataOf(context: SandboxContext, { subject, type, occurredAt }: Delivery): Data {
  const { store } = context;
  switch (subject.kind) {
    case "payment": {
      const payment = store.payments.get(subject.id);
      return payment === undefined
        ? {}
        : { payload_type: "Payment", ...serializePayment(context, payment) };
    }
    case "subscription":
      return subscriptionData(context, subject.id);
    case "refund": {
      const payment = store.payments.get(subject.paymentId);
      const refund = payment?.refunds.find(({ refundId }) => refundId === subject.id);
      if (payment === undefined || refund === undefined) return {};
      return { payload_type: "Refund", ...serializeRefund(context, payment, refund) };
    }
    case "dispute": {
      const payment = store.payments.get(subject.paymentId);
      const dispute = payment?.disputes.find(({ disputeId }) => disputeId === subject.id);
      if (payment === undefined || dispute === undefined) return {};
      return { payload_type: "Dispute", ...serializeDisputeDetails(context, payment, dispute) };
    }
    case "dunning":
      return dunningData(context, subject.subscriptionId, type, occurredAt);
    case "abandoned_checkout":
      return abandonedData(context, store.payments.get(subject.paymentId), type, occurredAt);
    case "raw":
      return {};
  }
}

function subscriptionData(context: SandboxContext, id: string): Data {
  const subscription = context.store.subscriptions.get(id);
  if (subscription === undefined) return {};
  return {
    payload_type: "Subscription",
    ...serializeSubscription(context, subscription),
    past_due_ends_at: isoOrNull(subscription.pastDueEndsAt),
  };
}

/** @source docs/dodo/retries-and-dunning.md, "Dunning emails" */
function dunningData(context: SandboxContext, id: string, type: string, occurredAt: number): Data {
  const subscription = context.store.subscriptions.get(id);
  const status = subscription?.status ?? "on_hold";
  return {
    payload_type: "DunningAttempt",
    brand_id: context.settings.brandId,
    created_at: isoOf(occurredAt),
    customer_id: subscription?.customerId ?? "",
    subscription_id: id,
    trigger_state: status === "past_due" || status === "cancelled" ? status : "on_hold",
    status: type === "dunning.recovered" ? "recovered" : "recovering",
    payment_id: null,
  };
}

/** @source docs/dodo/retries-and-dunning.md, "Abandoned cart recovery" */
function abandonedData(
  context: SandboxContext,
  payment: Payment | undefined,
  type: string,
  occurredAt: number,
): Data {
  return {
    payload_type: "AbandonedCheckout",
    brand_id: context.settings.brandId,
    customer_id: payment?.customerId ?? "",
    payment_id: payment?.paymentId ?? "",
    abandoned_at: isoOf(occurredAt),
    abandonment_reason: payment?.status === "failed" ? "payment_failed" : "checkout_incomplete",
    status: type === "abandoned_checkout.recovered" ? "recovered" : "abandoned",
    recovered_payment_id: null,
  };
}
