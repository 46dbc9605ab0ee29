import { z } from "zod";
import { PAYMENT_STATUSES } from "./statuses.ts";

/** How a charge ends. `stay` and its short forms leave the payment in that status until something settles it. */
export const outcomeSchema = z.union([
  z.literal("succeed"),
  z.strictObject({
    /** The payment's `error_code`; null: Dodo gives none. */
    decline: z.string().min(1).nullable(),
    afterMs: z.int().min(0).optional(),
  }),
  z.strictObject({ succeed: z.literal(true), afterMs: z.int().min(0).optional() }),
  z.strictObject({ processing: z.literal(true) }),
  z.strictObject({ requires_customer_action: z.literal(true) }),
  z.strictObject({ cancelled: z.literal(true) }),
  z.strictObject({ stay: z.enum(PAYMENT_STATUSES).nullable() }),
]);

export type Outcome = z.infer<typeof outcomeSchema>;

/** An outcome with its short forms expanded. */
export type PaymentResult =
  | { readonly kind: "succeeded" }
  | { readonly kind: "failed"; readonly code: string | null }
  | { readonly kind: "cancelled" }
  | { readonly kind: "stay"; readonly status: (typeof PAYMENT_STATUSES)[number] | null };

export function resultOf(outcome: Outcome): PaymentResult {
  if (outcome === "succeed" || "succeed" in outcome) return { kind: "succeeded" };
  if ("decline" in outcome) return { kind: "failed", code: outcome.decline };
  if ("cancelled" in outcome) return { kind: "cancelled" };
  if ("processing" in outcome) return { kind: "stay", status: "processing" };
  if ("stay" in outcome) return { kind: "stay", status: outcome.stay };
  return { kind: "stay", status: "requires_customer_action" };
}

/** @returns the outcome's own delay in milliseconds, or the default */
export function delayMsOf(outcome: Outcome, defaultMs: number): number {
  return typeof outcome === "object" && "afterMs" in outcome && outcome.afterMs !== undefined
    ? outcome.afterMs
    : defaultMs;
}
