/** The bodies of the control API. The typed client takes its types from here. */
import { z } from "zod";
import { metadataSchema } from "../api/request-body.ts";
import { CARD_NAMES } from "../model/state/cards.ts";
import { INTERVALS } from "../model/state/intervals.ts";
import { outcomeSchema } from "../model/state/outcome.ts";
import { SUBSCRIPTION_STATUSES } from "../model/state/statuses.ts";
import { LINE_ITEMS, settingsSchema } from "../settings.ts";

/** Milliseconds since 1970, or RFC 3339. */
const instantSchema = z.union([z.int(), z.iso.datetime({ offset: true }).transform(Date.parse)]);

/** A named card, or a card that declines with the given code. */
const cardSchema = z.union([z.enum(CARD_NAMES), z.strictObject({ declines: z.string().min(1) })]);

export const cardInput = z.strictObject({ card: cardSchema.default("good") });

export const customerInput = z.strictObject({
  customerId: z.string().min(1).optional(),
  email: z.email().optional(),
  name: z.string().optional(),
  phoneNumber: z.string().nullable().optional(),
  metadata: metadataSchema.optional(),
  /** Saved from the start. */
  cards: z.array(cardSchema).optional(),
});

const behaviourFields = {
  onFailure: z.enum(["on_hold", "past_due", "stay"]).optional(),
  onSuccess: z.enum(["active", "stay"]).optional(),
  chargeOnHold: z.boolean().nullable().optional(),
  unsettledDetails: z.enum(["withheld", "given"]).nullable().optional(),
  lineItems: z.enum(LINE_ITEMS).nullable().optional(),
  pendingGuard: settingsSchema.shape.pendingGuard.nullable().optional(),
  confirmationPage: z.boolean().nullable().optional(),
  dues: z.union([z.enum(["last_failed", "all_failed", "none"]), z.int().min(0)]).optional(),
  graceDays: z.int().min(1).max(30).optional(),
  outcomes: z.array(outcomeSchema).optional(),
  defaultOutcome: outcomeSchema.nullable().optional(),
};

const subscriptionFields = {
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
  brandId: z.string().nullable().optional(),
  metadata: metadataSchema.optional(),
  country: z.string().length(2).optional(),
  methodId: z.string().nullable().optional(),
  ...behaviourFields,
};

export const subscriptionPatchInput = z.strictObject(subscriptionFields);

/** Without `customerId`, a new customer with this email and name is created. */
export const subscriptionInput = z.strictObject({
  subscriptionId: z.string().min(1).optional(),
  customerId: z.string().min(1).optional(),
  email: z.email().optional(),
  name: z.string().optional(),
  /** The payment method on file; null: none. */
  card: cardSchema.nullable().optional(),
  ...subscriptionFields,
});

export const merchantChargeInput = z.strictObject({
  /** Before tax. Left out: the subscription's price. */
  amountMinor: z.int().min(1).optional(),
  currency: z.string().length(3).optional(),
  description: z.string().optional(),
  /** Left out: the subscription's. */
  metadata: metadataSchema.optional(),
  /** Takes precedence over the scripted outcomes. */
  outcome: outcomeSchema.optional(),
  /** From 1: Dodo's own retry of a renewal, for the invoice of `invoiceOf`. */
  retryAttempt: z.int().min(0).optional(),
  /** A payment whose invoice this payment is for. */
  invoiceOf: z.string().optional(),
  /** Backdates the payment. */
  createdAt: instantSchema.optional(),
});

/** A payment that belongs to no subscription, or to several. */
export const paymentInput = z.strictObject({
  customerId: z.string().optional(),
  subscriptionIds: z.array(z.string()).optional(),
  totalMinor: z.int().min(0).optional(),
  currency: z.string().length(3).optional(),
  metadata: metadataSchema.optional(),
  /** Left out: the payment waits for the customer on its hosted page. */
  outcome: outcomeSchema.optional(),
  /** Backdates the payment. */
  createdAt: instantSchema.optional(),
});

export const settleInput = z.strictObject({
  outcome: outcomeSchema,
  /** Also settles a payment that has ended, such as a late success. */
  force: z.boolean().default(false),
});

/** The merchant switches to another saved payment method, as `update-payment-method` does. */
export const savedMethodInput = z.strictObject({ methodId: z.string().min(1) });

export const cancelInput = z.strictObject({
  when: z.enum(["now", "next_billing_date"]).default("next_billing_date"),
});

export const refundInput = z.strictObject({
  /** Left out: the rest of the payment. */
  amountMinor: z.int().min(1).optional(),
});

export const disputeInput = z.strictObject({
  status: z
    .enum([
      "dispute_opened",
      "dispute_expired",
      "dispute_accepted",
      "dispute_cancelled",
      "dispute_challenged",
      "dispute_won",
      "dispute_lost",
    ])
    .default("dispute_opened"),
});

export const eventInput = z.strictObject({
  type: z.string().min(1),
  subscriptionId: z.string().optional(),
  paymentId: z.string().optional(),
  /** Fields that replace those of the body's `data`. */
  data: z.record(z.string(), z.unknown()).optional(),
  /** Signed with a key that is not the endpoint's. */
  forged: z.boolean().optional(),
  /** Milliseconds added to the signed timestamp: -600000 signs it ten minutes ago. */
  signedOffsetMs: z.int().optional(),
});

export const replayInput = z.strictObject({
  state: z.enum(["waiting", "accepted", "failed", "lost", "unsent"]).optional(),
  subscriptionId: z.string().optional(),
});

export type CustomerInput = z.input<typeof customerInput>;
export type SubscriptionInput = z.input<typeof subscriptionInput>;
export type SubscriptionPatchInput = z.input<typeof subscriptionPatchInput>;
export type CardInput = z.input<typeof cardInput>;
export type MerchantChargeInput = z.input<typeof merchantChargeInput>;
export type PaymentInput = z.input<typeof paymentInput>;
export type SettleInput = z.input<typeof settleInput>;
export type SavedMethodInput = z.input<typeof savedMethodInput>;
export type CancelInput = z.input<typeof cancelInput>;
export type RefundInput = z.input<typeof refundInput>;
export type DisputeInput = z.input<typeof disputeInput>;
export type EventInput = z.input<typeof eventInput>;
export type ReplayInput = z.input<typeof replayInput>;
