import { randomBytes } from "node:crypto";
import type DodoPayments from "dodopayments";
import { z } from "zod";
import { assertChargeable } from "../../model/charge-rules.ts";
import { advanceClock } from "../../model/clock.ts";
import { assertMethodUpdatable, createUpdateLink, useSavedMethod } from "../../model/dues.ts";
import { chargeOffSession } from "../../model/payments.ts";
import type { Subscription } from "../../model/state/entities.ts";
import { getSubscription } from "../../model/subscriptions.ts";
import { paymentLinkUrl } from "../../serializers/payments.ts";
import {
  serializeSubscription,
  serializeSubscriptionListItem,
} from "../../serializers/subscriptions.ts";
import { isoOrNull } from "../../serializers/timestamps.ts";
import { createdInRange, matchesFilter, newestFirst, paginate } from "../lists.ts";
import { metadataSchema, parseBody } from "../request-body.ts";
import { noSubscription, type ApiCall, type Route } from "../route.ts";
import { updateSubscription } from "./subscription-update.ts";

const INT32_MAX = 2_147_483_647;

/** Dodo ignores fields that it does not know. @source docs/dodo/charging.md, "The charge request" */
const chargeSchema = z.object({
  product_price: z.int().min(0).max(INT32_MAX),
  product_currency: z.string().nullish(),
  product_description: z.string().nullish(),
  adaptive_currency_fees_inclusive: z.boolean().nullish(),
  customer_balance_config: z
    .object({
      allow_customer_credits_purchase: z.boolean().nullish(),
      allow_customer_credits_usage: z.boolean().nullish(),
    })
    .nullish(),
  metadata: metadataSchema.nullish(),
});

const paymentMethodSchema = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("new"),
    return_url: z.url().nullish(),
    allowed_payment_method_types: z.array(z.string()).nullish(),
  }),
  z.object({ type: z.literal("existing"), payment_method_id: z.string().min(1) }),
]);

/** Moves the subscription's clock to the time of the request. */
function subscriptionFromPath(call: ApiCall): {
  readonly subscription: Subscription;
  readonly now: number;
} {
  const subscription = getSubscription(call.context, call.params["subscription_id"] ?? "");
  return { subscription, now: advanceClock(call.context, subscription, call.requestTime) };
}

function list(call: ApiCall): { items: DodoPayments.SubscriptionListResponse[] } {
  const { context, query } = call;
  const isInRange = createdInRange(call);
  const found = newestFirst(context.store.subscriptions.values()).filter(
    (subscription) =>
      isInRange(subscription) &&
      matchesFilter(query["status"], subscription.status) &&
      matchesFilter(query["customer_id"], subscription.customerId) &&
      matchesFilter(query["product_id"], subscription.productId) &&
      matchesFilter(
        query["cancel_at_next_billing_date"],
        String(subscription.cancelAtNextBillingDate),
      ),
  );
  return {
    items: paginate(found, query).map((one) => serializeSubscriptionListItem(context, one)),
  };
}

/** Answers with the payment's id only; the result follows later. Without metadata, copies the subscription's. */
function charge(call: ApiCall): DodoPayments.SubscriptionChargeResponse {
  const { subscription, now } = subscriptionFromPath(call);
  const body = parseBody(chargeSchema, call.body);
  const currency = body.product_currency ?? subscription.currency;
  const priceMinor = body.product_price;
  assertChargeable(call.context, subscription, { priceMinor, currency }, now);
  const payment = chargeOffSession(
    call.context,
    subscription,
    {
      origin: "charge",
      priceMinor,
      currency,
      description: body.product_description ?? null,
      metadata: { ...(body.metadata ?? subscription.metadata) },
    },
    now,
  );
  call.entry.paymentId = payment.paymentId;
  return { payment_id: payment.paymentId };
}

/** @source docs/dodo/subscriptions.md, "Payment method update" */
function updatePaymentMethod(call: ApiCall): DodoPayments.SubscriptionUpdatePaymentMethodResponse {
  const { context } = call;
  const { subscription, now } = subscriptionFromPath(call);
  const body = parseBody(paymentMethodSchema, call.body);
  if (body.type === "existing") {
    const payment = useSavedMethod(context, subscription, body.payment_method_id, now);
    const paymentId = payment?.paymentId ?? null;
    call.entry.paymentId = paymentId;
    return { payment_id: paymentId, payment_link: null, client_secret: null, expires_on: null };
  }
  assertMethodUpdatable(subscription);
  const payment = createUpdateLink(context, subscription, body.return_url ?? null, now);
  call.entry.paymentId = payment.paymentId;
  return {
    payment_id: payment.paymentId,
    payment_link: paymentLinkUrl(context, payment),
    client_secret: `${payment.paymentId}_secret_${randomBytes(12).toString("hex")}`,
    expires_on: isoOrNull(payment.link?.expiresAt ?? null),
  };
}

const subscriptionIdFromPath: Route["subscriptionIdOf"] = (_store, params) =>
  params["subscription_id"] ?? null;

export const SUBSCRIPTION_ROUTES: readonly Route[] = [
  {
    method: "GET",
    path: "/subscriptions",
    mutating: false,
    subscriptionIdOf: noSubscription,
    handle: list,
  },
  {
    method: "GET",
    path: "/subscriptions/:subscription_id",
    mutating: false,
    subscriptionIdOf: subscriptionIdFromPath,
    handle: (call) => serializeSubscription(call.context, subscriptionFromPath(call).subscription),
  },
  {
    method: "PATCH",
    path: "/subscriptions/:subscription_id",
    mutating: true,
    subscriptionIdOf: subscriptionIdFromPath,
    handle: (call) => {
      const { subscription, now } = subscriptionFromPath(call);
      updateSubscription(call.context, subscription, call.body, now);
      return serializeSubscription(call.context, subscription);
    },
  },
  {
    method: "POST",
    path: "/subscriptions/:subscription_id/charge",
    mutating: true,
    subscriptionIdOf: subscriptionIdFromPath,
    handle: charge,
  },
  {
    method: "POST",
    path: "/subscriptions/:subscription_id/update-payment-method",
    mutating: true,
    subscriptionIdOf: subscriptionIdFromPath,
    handle: updatePaymentMethod,
  },
];
