import type { Checkout } from "../../domain/checkout/checkout.ts";
import { type TimelineEntry } from "../../domain/decision/timeline.ts";
import { describeInstant } from "../../domain/values/time.ts";
import { code } from "../shared/markdown.ts";
import { timelineLines } from "../recovery/details.ts";

/** What the Temporal Web UI shows of a checkout. */
export function checkoutDetails(checkout: Checkout, timeline: readonly TimelineEntry[]): string {
  const { paymentId, createdAt, failedAt, noticedAt, mode } = checkout;
  return [
    `**Payment ${code(paymentId)} was not completed**`,
    ...(mode === "shadow" ? ["", "Shadow mode: nothing is sent."] : []),
    ...(mode === "advise" ? ["", "Advise mode: nothing is sent."] : []),
    "",
    ...(createdAt === null ? [] : [`- Created: ${describeInstant(createdAt)}`]),
    ...(failedAt == null ? [] : [`- Declined: ${describeInstant(failedAt)}`]),
    ...noticedAt.map((at, index) => `- Notice ${index + 1}: ${describeInstant(at)}`),
    "",
    ...timelineLines(timeline),
  ].join("\n");
}
