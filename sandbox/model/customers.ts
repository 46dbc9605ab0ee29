/** Customers and subscriptions, as control routes and checkouts make them. */
import { z } from "zod";
import { CARD_NAMES } from "./state/cards.ts";
import { metadataSchema } from "./charge-rules.ts";
import { addPaymentMethod, cardSpecOf } from "./customer-actions.ts";
import { newId } from "./state/ids.ts";
import { addInterval } from "./lifecycle.ts";
import { outcomeSchema } from "./state/outcome.ts";
import { notFound } from "./errors.ts";
import type { Customer, Subscription } from "./state/entities.ts";
import { INTERVALS, SUBSCRIPTION_STATUSES } from "./state/statuses.ts";
import { wallNow, type SandboxContext } from "./context.ts";

/** Milliseconds since 1970, or RFC 3339. */
export const instantSchema = z.union([
  z.int(),
  z.iso.datetime({ offset: true }).transform(Date.parse),
]);

/** One of the page's cards, or one that is refused with a code. */
export const cardSchema = z.union([
  z.enum(CARD_NAMES),
  z.strictObject({ declines: z.string().min(1) }),
]);

export const customerSchema = z.strictObject({
  customerId: z.string().min(1).optional(),
  email: z.email().optional(),
  name: z.string().optional(),
  phoneNumber: z.string().nullable().optional(),
  metadata: metadataSchema.optional(),
  /** On file from the start. */
  cards: z.array(cardSchema).optional(),
});

const behaviourFields = {
  onFailure: z.enum(["on_hold", "past_due", "stay"]).optional(),
  onSuccess: z.enum(["active", "stay"]).optional(),
  chargeOnHold: z.boolean().nullable().optional(),
  dues: z.union([z.enum(["last_failed", "all_failed", "none"]), z.int().min(0)]).optional(),
  graceDays: z.int().min(1).max(30).optional(),
  outcomes: z.array(outcomeSchema).optional(),
  defaultOutcome: outcomeSchema.nullable().optional(),
};

const changeableFields = {
  status: z.enum(SUBSCRIPTION_STATUSES).optional(),
  onDemand: z.boolean().optional(),
  currency: z.string().length(3).optional(),
  priceMinor: z.int().min(0).optional(),
  taxRate: z.number().min(0).max(1).optional(),
  taxInclusive: z.boolean().optional(),
  createdAt: instantSchema.optional(),
  previousBillingAt: instantSchema.optional(),
  nextBillingAt: instantSchema.optional(),
  expiresAt: instantSchema.nullable().optional(),
  pausedAt: instantSchema.nullable().optional(),
  pastDueEndsAt: instantSchema.nullable().optional(),
  cancelAtNextBillingDate: z.boolean().optional(),
  interval: z.enum(INTERVALS).optional(),
  productId: z.string().optional(),
  productName: z.string().optional(),
  metadata: metadataSchema.optional(),
  country: z.string().length(2).optional(),
  methodId: z.string().nullable().optional(),
  ...behaviourFields,
};

export const subscriptionPatchSchema = z.strictObject(changeableFields);

/** Without `customerId` a new customer is made, with this email and name. */
export const subscriptionSchema = z.strictObject({
  subscriptionId: z.string().min(1).optional(),
  customerId: z.string().min(1).optional(),
  email: z.email().optional(),
  name: z.string().optional(),
  /** On file; null = none. */
  card: cardSchema.nullable().optional(),
  ...changeableFields,
});

export type SubscriptionPatch = z.infer<typeof subscriptionPatchSchema>;

export function createCustomer(
  context: SandboxContext,
  input: z.infer<typeof customerSchema>,
  now: number,
): Customer {
  const customerId = input.customerId ?? newId("cus");
  const customer: Customer = {
    customerId,
    email: input.email ?? `${customerId.toLowerCase().replaceAll("_", "-")}@example.test`,
    name: input.name ?? "Test Buyer",
    phoneNumber: input.phoneNumber ?? null,
    metadata: input.metadata ?? {},
    createdAt: now,
    methods: [],
  };
  context.store.customers.set(customerId, customer);
  for (const card of input.cards ?? []) addPaymentMethod(customer, cardSpecOf(card), now);
  return customer;
}

export function createSubscription(
  context: SandboxContext,
  input: z.infer<typeof subscriptionSchema>,
): Subscription {
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

/** Sets what is given, without an event. */
export function updateSubscription(subscription: Subscription, patch: SubscriptionPatch): void {
  const { country, ...fields } = patch;
  if (country !== undefined) subscription.billing.country = country;
  const isBehaviour = new Set(Object.keys(behaviourFields));
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    Object.assign(isBehaviour.has(name) ? subscription.behaviour : subscription, { [name]: value });
  }
}

/** @throws Refusal `NOT_FOUND` */
export function getCustomer({ store }: SandboxContext, id: string): Customer {
  const customer = store.customers.get(id);
  if (customer === undefined) throw notFound(`Customer ${id}`);
  return customer;
}

/** @throws Refusal `NOT_FOUND` */
export function getSubscription({ store }: SandboxContext, id: string): Subscription {
  const subscription = store.subscriptions.get(id);
  if (subscription === undefined) throw notFound(`Subscription ${id}`);
  return subscription;
}
