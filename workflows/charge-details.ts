import type { ChargeRequest, ChargeStanding } from "../domain/asked.ts";
import { describeMoney, money } from "../domain/money.ts";
import { recoveryIdOf, type SubscriptionId } from "../domain/ids.ts";
import { describeInstant } from "../domain/time.ts";

/** What the Temporal Web UI shows on the page of a charge that was asked of us. */
export function chargeDetails(
  subscriptionId: SubscriptionId,
  { askedAt, charge: { amountMinor, currency } }: ChargeRequest,
  by: string,
  standing: ChargeStanding,
): string {
  const known = standing.currency ?? currency;
  const amount = known === null ? String(amountMinor) : describeMoney(money(amountMinor, known));
  const { state, outcome, reason, paymentId } = standing;
  return [
    `**${amount}: ${outcome ?? state}**`,
    "",
    `- Asked ${describeInstant(askedAt)} by ${by}`,
    `- Recovery: \`${recoveryIdOf(subscriptionId)}\``,
    ...(paymentId === null ? [] : [`- Payment: \`${paymentId}\``]),
    ...(reason === null ? [] : [`- ${reason}`]),
  ].join("\n");
}
