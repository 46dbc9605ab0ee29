import { failureOf } from "../../dodo/errors.ts";
import type { CheckoutBody, DodoMandates } from "../../dodo/mandates.ts";
import { fieldsOf, paymentOf, subscriptionOf, textOf } from "../../dodo/shapes.ts";
import {
  type CheckoutCreation,
  decideMandate,
  type Mandate,
  MANDATE_METADATA,
  type MandateDecision,
  type MandateEvent,
  type MandateReading,
  type RequestedMandate,
} from "../../domain/mandate/mandate.ts";
import type { Mode } from "../../domain/state/outcome.ts";
import type { Payment } from "../../domain/state/payment.ts";
import {
  type MandateId,
  parsePaymentId,
  parseSubscriptionId,
  type SubscriptionId,
} from "../../domain/values/ids.ts";
import type { Instant } from "../../domain/values/time.ts";
import type { Log } from "../../platform/log.ts";
import { pageUrlOf } from "../charge/make-payment-link.ts";
import { withHeartbeat } from "../heartbeat.ts";

export type MandateActivityDependencies = {
  readonly api: DodoMandates;
  readonly mode: Mode;
  readonly log: Log;
  readonly now: () => Instant;
};

export type DecideMandateInput = {
  readonly mandate: Mandate;
  readonly event: MandateEvent;
  readonly at: Instant;
};

export type CreateCheckoutInput = {
  readonly at: Instant;
  readonly mandateId: MandateId;
  readonly requested: RequestedMandate;
};

export type ReadMandateInput = {
  readonly at: Instant;
  readonly sessionId: string | null;
  /** As a webhook or an earlier reading named it. */
  readonly subscriptionId: SubscriptionId | null;
};

export type MandateActivities = {
  readonly decideMandate: (input: DecideMandateInput) => Promise<MandateDecision>;
  readonly createCheckout: (input: CreateCheckoutInput) => Promise<CheckoutCreation>;
  readonly readMandate: (input: ReadMandateInput) => Promise<MandateReading>;
};

/** The activities of mandates, bound to their dependencies. None of them charges. */
export function createMandateActivities(
  dependencies: MandateActivityDependencies,
): MandateActivities {
  const { api, log, now } = dependencies;
  return {
    decideMandate: async ({ mandate, event, at }) => {
      const decision = decideMandate(mandate, event, at);
      const { mandateId } = mandate;
      const { rule, reason } = decision;
      log.info({ event: "mandate_decided", mandateId, on: event.kind, rule, reason });
      return await Promise.resolve(decision);
    },
    createCheckout: (input) => withHeartbeat(() => createCheckout(input, dependencies)),
    readMandate: (input) => withHeartbeat(() => readMandate(input, api, now())),
  };
}

/**
 * Asks Dodo for a checkout, once. After a lost answer it may be asked for again: the page's address was in that answer
 * alone, so that nobody can pay there, and the first answer that Temporal records is the only one that is given out.
 *
 * @throws for an outage, a time-out and whatever else may pass: Temporal tries again
 * @source docs/decisions/0008-mandate-checkouts.md
 */
async function createCheckout(
  { mandateId, requested }: CreateCheckoutInput,
  { api, mode }: MandateActivityDependencies,
): Promise<CheckoutCreation> {
  if (mode === "shadow") return { kind: "shadow" };
  try {
    const known = await begunBefore(mandateId, requested, api);
    if (known !== null) return { kind: "already_exists", subscriptionId: known };
    const made = await api.createCheckout(bodyOf(mandateId, requested));
    const url = pageUrlOf(made.checkout_url);
    return url === null
      ? { kind: "refused", code: "NO_CHECKOUT_PAGE", httpStatus: 200 }
      : { kind: "created", sessionId: made.session_id, url };
  } catch (error) {
    const failure = failureOf(error);
    if (failure.kind !== "refused") throw error;
    return { kind: "refused", code: failure.code, httpStatus: failure.httpStatus };
  }
}

/** A subscription with this mandate's id that got beyond its beginning: of a checkout that Temporal has forgotten. */
async function begunBefore(
  mandateId: MandateId,
  { customerId, productId }: RequestedMandate,
  api: DodoMandates,
): Promise<SubscriptionId | null> {
  const rows = await api.subscriptionsOf(customerId, productId);
  const known = rows.find(
    ({ metadata, status }) =>
      fieldsOf(metadata)[MANDATE_METADATA] === mandateId &&
      status !== "pending" &&
      status !== "failed",
  );
  return parseSubscriptionId(known?.subscription_id);
}

/** Without `confirm`: until the customer presses the button there is nothing but a page. */
function bodyOf(mandateId: MandateId, asked: RequestedMandate): CheckoutBody {
  const { amountMinor, currency, description, returnUrl } = asked;
  type OnDemand = NonNullable<NonNullable<CheckoutBody["subscription_data"]>["on_demand"]>;
  const onDemand: OnDemand = {
    mandate_only: asked.mandateOnly,
    ...(amountMinor === null ? {} : { product_price: amountMinor }),
    ...(currency === null
      ? {}
      : { product_currency: currency as NonNullable<OnDemand["product_currency"]> }),
    ...(description === null ? {} : { product_description: description }),
  };
  const country = asked.country as NonNullable<CheckoutBody["billing_address"]>["country"];
  return {
    product_cart: [{ product_id: asked.productId, quantity: 1 }],
    customer: { customer_id: asked.customerId },
    billing_address: { country },
    subscription_data: { on_demand: onDemand },
    metadata: { ...asked.metadata, [MANDATE_METADATA]: mandateId },
    ...(returnUrl === null ? {} : { return_url: returnUrl }),
  };
}

/** From the checkout to its payment to the subscription, as far as the customer has come. */
async function readMandate(
  { sessionId, subscriptionId }: ReadMandateInput,
  api: DodoMandates,
  now: Instant,
): Promise<MandateReading> {
  const payment = sessionId === null ? null : await paymentOfCheckout(sessionId, api, now);
  const id = parseSubscriptionId(payment?.subscriptionIds[0]) ?? subscriptionId;
  const raw = id === null ? null : await orAbsent(api.subscription(id));
  const subscription = subscriptionOf(raw, now);
  return { payment, subscriptionId: id, status: subscription?.status ?? null };
}

async function paymentOfCheckout(
  sessionId: string,
  api: DodoMandates,
  now: Instant,
): Promise<Payment | null> {
  const checkout = await orAbsent(api.checkout(sessionId));
  const paymentId = parsePaymentId(textOf(checkout?.payment_id));
  return paymentId === null ? null : paymentOf(await orAbsent(api.payment(paymentId)), now);
}

/** Null for what Dodo does not know, or does not show yet. */
async function orAbsent<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (error) {
    const failure = failureOf(error);
    if (failure.kind === "refused" && failure.httpStatus === 404) return null;
    throw error;
  }
}
