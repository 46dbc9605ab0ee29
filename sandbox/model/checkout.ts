/** Checkout sessions that set up an on-demand mandate. @source dodo.md 5.1 */
import { z } from "zod";
import { amountsOf, createPayment } from "./payments.ts";
import { metadataSchema } from "./charge-rules.ts";
import { newId } from "./state/ids.ts";
import { createCustomer, createSubscription, getCustomer } from "./customers.ts";
import type { CheckoutSession } from "./state/entities.ts";
import type { SandboxContext } from "./context.ts";

/** The price of a product, of which the sandbox keeps no list. */
const PRODUCT_PRICE_MINOR = 2_900;

export const checkoutSchema = z.object({
  product_cart: z.array(z.object({ product_id: z.string(), quantity: z.int().min(1) })).min(1),
  customer: z
    .union([
      z.object({ customer_id: z.string() }),
      z.object({ email: z.email(), name: z.string().nullish() }),
    ])
    .nullish(),
  billing_address: z.object({ country: z.string().length(2) }).nullish(),
  billing_currency: z.string().length(3).nullish(),
  return_url: z.url().nullish(),
  metadata: metadataSchema.nullish(),
  subscription_data: z
    .object({
      on_demand: z
        .object({
          mandate_only: z.boolean(),
          product_price: z.int().min(0).nullish(),
          product_currency: z.string().length(3).nullish(),
          product_description: z.string().nullish(),
        })
        .nullish(),
    })
    .nullish(),
});

/** A pending subscription, and a first payment that waits for the customer's card. */
export function createCheckout(
  context: SandboxContext,
  body: z.infer<typeof checkoutSchema>,
  now: number,
): CheckoutSession {
  const onDemand = body.subscription_data?.on_demand ?? null;
  const priceMinor = onDemand?.product_price ?? PRODUCT_PRICE_MINOR;
  const subscription = createSubscription(context, {
    customerId: customerForCheckout(context, body, now),
    card: null,
    status: "pending",
    onDemand: onDemand !== null,
    currency: onDemand?.product_currency ?? body.billing_currency ?? "USD",
    priceMinor,
    productId: body.product_cart[0]?.product_id,
    metadata: body.metadata ?? {},
    country: body.billing_address?.country,
    createdAt: now,
  });
  const amounts =
    onDemand?.mandate_only === true
      ? { totalMinor: 0, taxMinor: 0 }
      : amountsOf(subscription, priceMinor);
  const sessionId = newId("cks");
  const payment = createPayment(
    context,
    {
      ...amounts,
      origin: "checkout",
      status: "requires_payment_method",
      customerId: subscription.customerId,
      subscriptionIds: [subscription.subscriptionId],
      currency: subscription.currency,
      metadata: { ...subscription.metadata },
      link: { expiresAt: now + context.settings.checkoutTtlMs, returnUrl: body.return_url ?? null },
      checkoutSessionId: sessionId,
    },
    now,
  );
  const session: CheckoutSession = {
    sessionId,
    customerId: subscription.customerId,
    subscriptionId: subscription.subscriptionId,
    paymentId: payment.paymentId,
    createdAt: now,
    returnUrl: body.return_url ?? null,
  };
  context.store.checkouts.set(sessionId, session);
  return session;
}

function customerForCheckout(
  context: SandboxContext,
  { customer }: z.infer<typeof checkoutSchema>,
  now: number,
): string {
  if (customer != null && "customer_id" in customer) {
    return getCustomer(context, customer.customer_id).customerId;
  }
  const input = { email: customer?.email, name: customer?.name ?? undefined };
  return createCustomer(context, input, now).customerId;
}
