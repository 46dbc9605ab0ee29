/** Checkout sessions that set up an on-demand mandate. @source docs/dodo/checkout.md, "On-demand mandates" */
import type { SandboxContext } from "./context.ts";
import { amountsOf, createPayment } from "./payments.ts";
import type { CheckoutSession, Metadata } from "./state/entities.ts";
import { newId } from "./state/ids.ts";
import { createSubscription } from "./subscriptions.ts";

export type NewCheckout = {
  readonly customerId: string;
  readonly productId: string | undefined;
  readonly onDemand: boolean;
  /** Charges nothing at checkout. */
  readonly mandateOnly: boolean;
  readonly quantity: number;
  readonly mandateMinInrPaise: number | null;
  readonly feesInclusive: boolean | null;
  readonly currency: string;
  readonly priceMinor: number;
  readonly country: string | undefined;
  readonly metadata: Metadata;
  readonly returnUrl: string | null;
};

/** Creates a pending subscription, and a first payment that waits for the customer's card. */
export function createCheckout(
  context: SandboxContext,
  checkout: NewCheckout,
  now: number,
): CheckoutSession {
  const { priceMinor, returnUrl } = checkout;
  const subscription = createSubscription(context, {
    customerId: checkout.customerId,
    card: null,
    status: "pending",
    onDemand: checkout.onDemand,
    currency: checkout.currency,
    priceMinor,
    productId: checkout.productId,
    quantity: checkout.quantity,
    mandateMinInrPaise: checkout.mandateMinInrPaise,
    feesInclusive: checkout.feesInclusive,
    metadata: checkout.metadata,
    country: checkout.country,
    createdAt: now,
  });
  const amounts = checkout.mandateOnly
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
      link: { expiresAt: now + context.settings.checkoutTtlMs, returnUrl },
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
    returnUrl,
  };
  context.store.checkouts.set(sessionId, session);
  return session;
}
