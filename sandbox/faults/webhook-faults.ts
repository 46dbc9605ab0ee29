/** Faults that a test injects into webhook deliveries. */
import { z } from "zod";

const waitMs = z.int().min(0).max(2_147_483_647);

/** Several faults may apply to one event. */
const selectorSchema = z.strictObject({
  subscriptionId: z.string().optional(),
  /** Event types. Left out: any type. */
  types: z.array(z.string()).optional(),
  /** Matching events that pass before the first fault. */
  skip: z.int().min(0).default(0),
  /** Events that the fault affects. Left out: all, until the fault is cleared. */
  times: z.int().min(1).optional(),
});

export const webhookFaultSchema = z.discriminatedUnion("kind", [
  /** Never sent, unless a test resends it. */
  selectorSchema.extend({ kind: z.literal("lost") }),
  /** Sent `copies` times under one id. */
  selectorSchema.extend({
    kind: z.literal("duplicated"),
    copies: z.int().min(2).max(100).default(2),
  }),
  /** Collected for `ms`, then sent in a different order. */
  selectorSchema.extend({ kind: z.literal("shuffled"), ms: waitMs.default(50) }),
  selectorSchema.extend({ kind: z.literal("delayed"), ms: waitMs }),
  /** Signed with a key that is not the endpoint's. */
  selectorSchema.extend({ kind: z.literal("forged") }),
]);

export type WebhookFaultInput = z.input<typeof webhookFaultSchema>;
export type WebhookFault = z.infer<typeof webhookFaultSchema> & { readonly faultId: string };

/** Finds all faults that apply to this event, counts their use, and removes those that are used up. */
export function takeWebhookFaults(
  faults: WebhookFault[],
  event: { readonly type: string; readonly subscriptionId: string | null },
): WebhookFault[] {
  const applied = faults.filter((fault) => {
    const isMatch =
      (fault.subscriptionId === undefined || fault.subscriptionId === event.subscriptionId) &&
      (fault.types === undefined || fault.types.includes(event.type));
    if (!isMatch || fault.skip === 0) return isMatch;
    fault.skip -= 1;
    return false;
  });
  for (const fault of applied) {
    if (fault.times === undefined) continue;
    fault.times -= 1;
    if (fault.times === 0) faults.splice(faults.indexOf(fault), 1);
  }
  return applied;
}
