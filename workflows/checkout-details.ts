import type { Checkout } from "../domain/checkout.ts";
import { describeInstant, type Instant } from "../domain/time.ts";

/** One line of a checkout's record. */
export type CheckoutLine = {
  readonly at: Instant;
  readonly rule: string;
  readonly reason: string;
};

/** What the Temporal Web UI shows of a checkout. */
export function checkoutDetails(checkout: Checkout, timeline: readonly CheckoutLine[]): string {
  const { paymentId, createdAt, noticedAt, mode } = checkout;
  return [
    `**Payment \`${paymentId}\` was not completed**`,
    ...(mode === "shadow" ? ["", "Shadow mode: nothing is sent."] : []),
    "",
    ...(createdAt === null ? [] : [`- Made: ${describeInstant(createdAt)}`]),
    ...noticedAt.map((at, index) => `- Notice ${index + 1}: ${describeInstant(at)}`),
    "",
    "**What happened, newest first**",
    "",
    ...timeline
      .toReversed()
      .map(({ at, rule, reason }) => `- ${describeInstant(at)} · ${reason} \`${rule}\``),
  ].join("\n");
}
