import { type SandboxContext, wallNow } from "./context.ts";
import { addPaymentMethod, createCustomer, getCustomer } from "./customers.ts";
import { notFound } from "./errors.ts";
import { type CardChoice, cardSpecOf } from "./state/cards.ts";
import type { Behaviour, Subscription } from "./state/entities.ts";
import { newId } from "./state/ids.ts";
import { addInterval } from "./state/intervals.ts";

type Patch<Fields> = { readonly [Name in keyof Fields]?: Fields[Name] | undefined };

/** The fields that a test may set. */
export type SubscriptionPatch = Patch<
  Pick<
    Subscription,
    | "status"
    | "onDemand"
    | "currency"
    | "priceMinor"
    | "taxRate"
    | "taxInclusive"
    | "createdAt"
    | "previousBillingAt"
    | "nextBillingAt"
    | "expiresAt"
    | "pausedAt"
    | "pastDueEndsAt"
    | "cancelAtNextBillingDate"
    | "interval"
    | "quantity"
    | "mandateMinInrPaise"
    | "feesInclusive"
    | "productId"
    | "productName"
    | "brandId"
    | "metadata"
    | "methodId"
  > &
    Behaviour & { country: string }
>;

/** Without `customerId`, a new customer with this email and name is created. */
export type NewSubscription = SubscriptionPatch & {
  readonly subscriptionId?: string | undefined;
  readonly customerId?: string | undefined;
  readonly email?: string | undefined;
  readonly name?: string | undefined;
  /** The payment method on file; null: none. Left out: a card that succeeds. */
  readonly card?: CardChoice | null | undefined;
};

export function createSubscription(context: SandboxContext, input: NewSubscription): Subscription {
  const { subscriptionId, customerId, email, name, card, ...fields } = input;
  const createdAt = input.createdAt ?? wallNow(context.settings);
  const customer =
    customerId === undefined
      ? createCustomer(context, { email, name }, createdAt)
      : getCustomer(context, customerId);
  const method =
    card === null ? null : addPaymentMethod(customer, cardSpecOf(card ?? "good"), createdAt);
  const interval = input.interval ?? "Month";
  const subscription: Subscription = {
    subscriptionId: subscriptionId ?? newId("sub"),
    customerId: customer.customerId,
    productId: "pdt_sandbox",
    productName: "Sandbox plan",
    brandId: null,
    status: "active",
    onDemand: true,
    currency: "USD",
    priceMinor: 2_900,
    taxRate: 0,
    taxInclusive: false,
    createdAt,
    previousBillingAt: createdAt,
    nextBillingAt: addInterval(createdAt, interval),
    expiresAt: null,
    cancelledAt: null,
    pausedAt: null,
    pastDueEndsAt: null,
    cancelAtNextBillingDate: false,
    cancellationFeedback: null,
    cancellationComment: null,
    interval,
    quantity: 1,
    mandateMinInrPaise: null,
    feesInclusive: null,
    methodId: method?.paymentMethodId ?? null,
    metadata: {},
    billing: {
      country: "US",
      city: "Springfield",
      state: "IL",
      street: "1 Elm St",
      zipcode: "62701",
    },
    behaviour: {
      onFailure: "on_hold",
      onSuccess: "active",
      chargeOnHold: null,
      unsettledDetails: null,
      lineItems: null,
      pendingGuard: null,
      confirmationPage: null,
      dues: "last_failed",
      graceDays: 3,
      outcomes: [],
      defaultOutcome: null,
    },
    currentTime: createdAt,
  };
  updateSubscription(subscription, fields);
  context.store.subscriptions.set(subscription.subscriptionId, subscription);
  return subscription;
}

/** Sets the given fields and emits no event. */
export function updateSubscription(subscription: Subscription, patch: SubscriptionPatch): void {
  const { country, ...fields } = patch;
  const { behaviour, billing } = subscription;
  if (country !== undefined) billing.country = country;
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    Object.assign(name in behaviour ? behaviour : subscription, { [name]: value });
  }
}

/** @throws ApiError `NOT_FOUND` */
export function getSubscription({ store }: SandboxContext, id: string): Subscription {
  const subscription = store.subscriptions.get(id);
  if (subscription === undefined) throw notFound(`Subscription ${id}`);
  return subscription;
}
