import { z } from "zod";
import { subscriptionBody, subscriptionRow } from "../serializers/payments.ts";
import { chargeSchema, metadataSchema, parseBody, refuseUncharged } from "../model/charge-rules.ts";
import { chargeOffSession } from "../model/payments.ts";
import type { Call, Route } from "./request-pipeline.ts";
import { updateMethod, updateMethodSchema } from "../model/dues.ts";
import {
  cancel,
  pause,
  resume,
  scheduleCancellation,
  tellSubscription,
  timeOf,
} from "../model/lifecycle.ts";
import { createdWithin, newestFirst, pageOf, passes } from "./lists.ts";
import { invalidBody, invalidParameters, notFound } from "../model/errors.ts";
import type { Subscription } from "../model/state/entities.ts";

function subscriptionAt(call: Call): { readonly subscription: Subscription; readonly now: number } {
  const id = call.params["subscription_id"] ?? "";
  const subscription = call.world.books.subscriptions.get(id);
  if (subscription === undefined) throw notFound(`Subscription ${id}`);
  return { subscription, now: timeOf(call.world, subscription, call.asked) };
}

function list(call: Call): unknown {
  const { world, query } = call;
  const isWithin = createdWithin(call);
  const shown = newestFirst(world.books.subscriptions.values()).filter(
    (subscription) =>
      isWithin(subscription) &&
      passes(query["status"], subscription.status) &&
      passes(query["customer_id"], subscription.customerId) &&
      passes(query["product_id"], subscription.productId) &&
      passes(query["cancel_at_next_billing_date"], String(subscription.cancelAtNextBillingDate)),
  );
  return { items: pageOf(shown, query).map((one) => subscriptionRow(world, one)) };
}

/** Answers the payment's id alone; its end comes later. Without metadata the subscription's is copied. */
function charge(call: Call): unknown {
  const { subscription, now } = subscriptionAt(call);
  const body = parseBody(chargeSchema, call.body);
  refuseUncharged(call.world, subscription, body, now);
  const payment = chargeOffSession(
    call.world,
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

function updatePaymentMethod(call: Call): unknown {
  const { subscription, now } = subscriptionAt(call);
  const answer = updateMethod(
    call.world,
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

function patch(call: Call): unknown {
  const { subscription, now } = subscriptionAt(call);
  const { world } = call;
  const body = parseBody(patchSchema, call.body ?? {});
  const isAlone = Object.values(call.body ?? {}).filter((value) => value != null).length === 1;
  if ((body.status === "paused" || body.status === "active") && !isAlone) {
    throw invalidBody(`status ${body.status} must be sent alone`);
  }
  if (body.status === "paused") pause(world, subscription);
  if (body.status === "active") resume(world, subscription);
  changeDates(call, subscription, body, now);
  if (body.metadata != null) {
    subscription.metadata = { ...body.metadata };
    tellSubscription(world, subscription, "subscription.updated");
  }
  changeCancellation(call, subscription, body, now);
  return subscriptionBody(world, subscription);
}

function changeDates(call: Call, subscription: Subscription, body: Patch, now: number): void {
  const asked = body.disable_on_demand?.next_billing_date ?? body.next_billing_date;
  if (asked == null) return;
  const nextBillingAt = Date.parse(asked);
  if (Number.isNaN(nextBillingAt) || nextBillingAt <= now) {
    throw invalidParameters("next_billing_date must be in the future");
  }
  subscription.nextBillingAt = nextBillingAt;
  if (body.disable_on_demand != null) subscription.onDemand = false;
  tellSubscription(call.world, subscription, "subscription.updated");
}

function changeCancellation(
  { world }: Call,
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
    scheduleCancellation(world, subscription, body.cancel_at_next_billing_date);
  }
  if (body.status === "cancelled") cancel(world, subscription, now);
}

const ofSubscription: Route["subscriptionOf"] = (_books, params) =>
  params["subscription_id"] ?? null;

export const SUBSCRIPTION_ROUTES: readonly Route[] = [
  {
    method: "GET",
    path: "/subscriptions",
    mutating: false,
    subscriptionOf: () => null,
    handle: list,
  },
  {
    method: "GET",
    path: "/subscriptions/:subscription_id",
    mutating: false,
    subscriptionOf: ofSubscription,
    handle: (call) => subscriptionBody(call.world, subscriptionAt(call).subscription),
  },
  {
    method: "PATCH",
    path: "/subscriptions/:subscription_id",
    mutating: true,
    subscriptionOf: ofSubscription,
    handle: patch,
  },
  {
    method: "POST",
    path: "/subscriptions/:subscription_id/charge",
    mutating: true,
    subscriptionOf: ofSubscription,
    handle: charge,
  },
  {
    method: "POST",
    path: "/subscriptions/:subscription_id/update-payment-method",
    mutating: true,
    subscriptionOf: ofSubscription,
    handle: updatePaymentMethod,
  },
];
