import type { ChargeRequest, RequestedChargeStatus } from "../../domain/state/requested-charge.ts";
import { recoveryIdOf, type SubscriptionId } from "../../domain/values/ids.ts";
import { describeMoney, money } from "../../domain/values/money.ts";
import { describeInstant } from "../../domain/values/time.ts";
import { code, prose } from "../shared/markdown.ts";

/** What the Temporal Web UI shows on the page of a requested charge. */
export function chargeDetails(
  subscriptionId: SubscriptionId,
  { requestedAt, charge: { amountMinor, currency } }: ChargeRequest,
  by: string,
  status: RequestedChargeStatus,
): string {
  const known = status.currency ?? currency;
  const amount = known === null ? String(amountMinor) : describeMoney(money(amountMinor, known));
  const { state, outcome, reason, paymentId } = status;
  return [
    `**${prose(amount)}: ${(outcome ?? state).replaceAll("_", " ")}**`,
    "",
    `- Requested ${describeInstant(requestedAt)} by ${prose(by)}`,
    `- Recovery: ${code(recoveryIdOf(subscriptionId))}`,
    ...(paymentId === null ? [] : [`- Payment: ${code(paymentId)}`]),
    ...(reason === null ? [] : [`- ${prose(reason)}`]),
  ].join("\n");
}
