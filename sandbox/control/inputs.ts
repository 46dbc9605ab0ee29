/** What the control routes take; `client.ts` is typed by it. */
import { z } from "zod";
import { metadataSchema } from "../model/charge-rules.ts";
import { outcomeSchema } from "../model/state/outcome.ts";
import { cardSchema, instantSchema } from "../model/customers.ts";

export const cardInput = z.strictObject({ card: cardSchema.default("good") });

export const merchantChargeInput = z.strictObject({
  /** Before tax; the subscription's price where left out. */
  amountMinor: z.int().min(1).optional(),
  currency: z.string().length(3).optional(),
  description: z.string().optional(),
  /** The subscription's where left out. */
  metadata: metadataSchema.optional(),
  /** Instead of what the script says. */
  outcome: outcomeSchema.optional(),
  /** 1 and more: Dodo's own retry of a renewal, of the invoice of `invoiceOf`. */
  retryAttempt: z.int().min(0).optional(),
  /** A payment whose invoice this one is for. */
  invoiceOf: z.string().optional(),
  /** Of a payment that was made in the past. */
  createdAt: instantSchema.optional(),
});

/** A payment of no subscription, or of several. */
export const paymentInput = z.strictObject({
  customerId: z.string().optional(),
  subscriptionIds: z.array(z.string()).optional(),
  totalMinor: z.int().min(0).optional(),
  currency: z.string().length(3).optional(),
  metadata: metadataSchema.optional(),
  /** Left out: it waits on its hosted page. */
  outcome: outcomeSchema.optional(),
  /** Of a payment that was made in the past. */
  createdAt: instantSchema.optional(),
});

export const settleInput = z.strictObject({
  outcome: outcomeSchema,
  /** Also a payment that has ended: a late success. */
  force: z.boolean().default(false),
});

/** The merchant chooses another of the customer's saved methods, as by `update-payment-method`. */
export const savedMethodInput = z.strictObject({ methodId: z.string().min(1) });

export const cancelInput = z.strictObject({
  when: z.enum(["now", "next_billing_date"]).default("next_billing_date"),
});

export const refundInput = z.strictObject({
  /** All of it where left out. */
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
  /** Laid over the body's `data`. */
  data: z.record(z.string(), z.unknown()).optional(),
  /** Signed with a key that is not the endpoint's. */
  forged: z.boolean().optional(),
  /** Moves the signed time: -600000 = signed ten minutes ago. */
  signedOffsetMs: z.int().optional(),
});

export const replayInput = z.strictObject({
  state: z.enum(["waiting", "accepted", "failed", "lost", "unsent"]).optional(),
  subscriptionId: z.string().optional(),
});

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
