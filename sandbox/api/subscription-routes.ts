import { z } from "zod";
import { serializeSubscription, serializeSubscriptionListItem } from "../serializers/payments.ts";
import {
  chargeSchema,
  metadataSchema,
  parseBody,
  assertChargeable,
} from "../model/charge-rules.ts";
import { chargeOffSession } from "../model/payments.ts";
import type { ApiCall, Route } from "./request-pipeline.ts";
import { updatePaymentMethod, updateMethodSchema } from "../model/dues.ts";
import {
  cancelSubscription,
  pauseSubscription,
  resumeSubscription,
  scheduleCancellation,
  emitSubscriptionEvent,
  advanceClock,
} from "../model/lifecycle.ts";
import { createdInRange, newestFirst, paginate, matchesFilter } from "./lists.ts";
import { invalidBody, invalidParameters, notFound } from "../model/errors.ts";
import type { Subscription } from "../model/state/entities.ts";

function subscriptionAt(call: ApiCall): {
  readonly subscription: Subscription;
  readonly now: number;
} {
  const id = call.params["subscription_id"] ?? "";
  const subscription = call.context.store.subscriptions.get(id);
  if (subscription === undefined) throw notFound(`Subscription ${id}`);
  return { subscription, now: advanceClock(call.context, subscription, call.requestTime) };
}

function list(call: ApiCall): unknown {
  const { context, query } = call;
  const isWithin = createdInRange(call);
  const shown = newestFirst(context.store.subscriptions.values()).filter(
    (subscription) =>
      isWithin(subscription) &&
      matchesFilter(query["status"], subscription.status) &&
      matchesFilter(query["customer_id"], subscription.customerId) &&
      matchesFilter(query["product_id"], subscription.productId) &&
      matchesFilter(
        query["cancel_at_next_billing_date"],
        String(subscription.cancelAtNextBillingDate),
      ),
  );
  return {
    items: paginate(shown, query).map((one) => serializeSubscriptionListItem(context, one)),
  };
}

/** Answers the payment's id alone; its end comes later. Without metadata the subscription's is copied. */
function charge(call: ApiCall): unknown {
  const { subscription, now } = subscriptionAt(call);
  const body = parseBody(chargeSchema, call.body);
  assertChargeable(call.context, subscription, body, now);
  const payment = chargeOffSession(
    call.context,
    subscription,
    {
      origin: "charge",
      priceMinor: body.product_price,
      currency: body.product_currency ?? subscription.currency,
      description: body.product_description ?? null,
      metadata: { ...(body.metadata ?? subscription.metadata) },
    },
    now,
  );
  call.entry.paymentId = payment.paymentId;
  return { payment_id: payment.paymentId };
}

function updateMethod(call: ApiCall): unknown {
  const { subscription, now } = subscriptionAt(call);
  const answer = updatePaymentMethod(
    call.context,
    subscription,
    parseBody(updateMethodSchema, call.body),
    now,
  );
  call.entry.paymentId = answer.payment_id;
  return answer;
}

const patchSchema = z.object({
  status: z.enum(["active", "paused", "cancelled"]).nullish(),
  cancel_at_next_billing_date: z.boolean().nullish(),
  cancel_reason: z
    .enum([
      "cancelled_by_customer",
      "cancelled_by_merchant",
      "cancelled_by_merchant_send_dunning",
      "cancelled_by_merchant_grace_period_expired",
      "dodo_team",
    ])
    .nullish(),
  cancellation_feedback: z.string().nullish(),
  cancellation_comment: z.string().nullish(),
  metadata: metadataSchema.nullish(),
  next_billing_date: z.string().nullish(),
  disable_on_demand: z.object({ next_billing_date: z.string() }).nullish(),
  // Removed: always 422. @source dodo.md 2.3
  pause: z.null().optional(),
});

type Patch = z.infer<typeof patchSchema>;

function patch(call: ApiCall): unknown {
  const { subscription, now } = subscriptionAt(call);
  const { context } = call;
  const body = parseBody(patchSchema, call.body ?? {});
  const isAlone = Object.values(call.body ?? {}).filter((value) => value != null).length === 1;
  if ((body.status === "paused" || body.status === "active") && !isAlone) {
    throw invalidBody(`status ${body.status} must be sent alone`);
  }
  if (body.status === "paused") pauseSubscription(context, subscription);
  if (body.status === "active") resumeSubscription(context, subscription);
  changeDates(call, subscription, body, now);
  if (body.metadata != null) {
    subscription.metadata = { ...body.metadata };
    emitSubscriptionEvent(context, subscription, "subscription.updated");
  }
  changeCancellation(call, subscription, body, now);
  return serializeSubscription(context, subscription);
}

function changeDates(call: ApiCall, subscription: Subscription, body: Patch, now: number): void {
  const requested = body.disable_on_demand?.next_billing_date ?? body.next_billing_date;
  if (requested == null) return;
  const nextBillingAt = Date.parse(requested);
  if (Number.isNaN(nextBillingAt) || nextBillingAt <= now) {
    throw invalidParameters("next_billing_date must be in the future");
  }
  subscription.nextBillingAt = nextBillingAt;
  if (body.disable_on_demand != null) subscription.onDemand = false;
  emitSubscriptionEvent(call.context, subscription, "subscription.updated");
}

function changeCancellation(
  { context }: ApiCall,
  subscription: Subscription,
  body: Patch,
  now: number,
): void {
  if (body.cancellation_feedback != null) {
    subscription.cancellationFeedback = body.cancellation_feedback;
  }
  if (body.cancellation_comment != null)
    subscription.cancellationComment = body.cancellation_comment;
  if (body.cancel_at_next_billing_date != null) {
    scheduleCancellation(context, subscription, body.cancel_at_next_billing_date);
  }
  if (body.status === "cancelled") cancelSubscription(context, subscription, now);
}

const ofSubscription: Route["subscriptionIdOf"] = (_books, params) =>
  params["subscription_id"] ?? null;

export const SUBSCRIPTION_ROUTES: readonly Route[] = [
  {
    method: "GET",
    path: "/subscriptions",
    mutating: false,
    subscriptionIdOf: () => null,
    handle: list,
  },
  {
    method: "GET",
    path: "/subscriptions/:subscription_id",
    mutating: false,
    subscriptionIdOf: ofSubscription,
    handle: (call) => serializeSubscription(call.context, subscriptionAt(call).subscription),
  },
  {
    method: "PATCH",
    path: "/subscriptions/:subscription_id",
    mutating: true,
    subscriptionIdOf: ofSubscription,
    handle: patch,
  },
  {
    method: "POST",
    path: "/subscriptions/:subscription_id/charge",
    mutating: true,
    subscriptionIdOf: ofSubscription,
    handle: charge,
  },
  {
    method: "POST",
    path: "/subscriptions/:subscription_id/update-payment-method",
    mutating: true,
    subscriptionIdOf: ofSubscription,
    handle: updateMethod,
  },
];
