import { type TimelineEntry } from "../../domain/decision/timeline.ts";
import type { Mandate, RequestedMandate } from "../../domain/mandate/mandate.ts";
import { describeMoney, money } from "../../domain/values/money.ts";
import { describeInstant } from "../../domain/values/time.ts";
import { code, prose } from "../shared/markdown.ts";
import { timelineLines } from "../recovery/details.ts";

/** What the Temporal Web UI shows of a mandate. */
export function mandateDetails(
  mandate: Mandate,
  request: RequestedMandate,
  by: string,
  timeline: readonly TimelineEntry[],
): string {
  const { state, checkoutUrl, payableUntil, subscriptionId } = mandate;
  return [
    `**Mandate: ${state.replaceAll("_", " ")}**`,
    "",
    `- Requested by ${prose(by)}, for customer ${code(request.customerId)} and product ${code(request.productId)}`,
    `- First charge: ${prose(firstChargeOf(request))}`,
    ...(checkoutUrl === null ? [] : [`- Checkout: ${code(checkoutUrl)}`]),
    ...(payableUntil === null ? [] : [`- Open until: ${describeInstant(payableUntil)}`]),
    ...(subscriptionId === null ? [] : [`- Subscription: ${code(subscriptionId)}`]),
    "",
    ...timelineLines(timeline),
  ].join("\n");
}

function firstChargeOf({ mandateOnly, amountMinor, currency }: RequestedMandate): string {
  if (mandateOnly) return "none";
  if (amountMinor === null) return "the product's price";
  return currency === null ? String(amountMinor) : describeMoney(money(amountMinor, currency));
}
