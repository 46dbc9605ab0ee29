import type { TextKey } from "../../platform/customer/texts/index.ts";
import type { NoticeFacts } from "./notice-facts.ts";

type ReasonKey = Extract<TextKey, `reason.${string}`>;

/** Reasons that help a customer to solve the problem. Every other code gets the general sentence. */
const REASONS: Readonly<Record<string, ReasonKey>> = {
  INSUFFICIENT_FUNDS: "reason.funds",
  LIMIT_EXCEEDED: "reason.limit",
  CARD_VELOCITY_EXCEEDED: "reason.limit",
  EXPIRED_CARD: "reason.expired",
  CARD_NOT_ACTIVATED: "reason.not_activated",
  AUTHENTICATION_REQUIRED: "reason.confirmation",
  AUTHENTICATION_TIMEOUT: "reason.confirmation",
  INCORRECT_CVC: "reason.details",
  INCORRECT_NUMBER: "reason.details",
  INVALID_CARD_NUMBER: "reason.details",
  INVALID_CARD_OWNER: "reason.details",
  INVALID_CVC: "reason.details",
  INVALID_EXPIRY_YEAR: "reason.details",
  INVALID_PIN: "reason.details",
  INVALID_UPI_ID: "reason.details",
  MANDATE_INVALID: "reason.permission",
  MANDATE_REQUIRED: "reason.permission",
  PAYMENT_METHOD_UNSUPPORTED: "reason.unsupported",
  PROVIDER_UNSUPPORTED: "reason.unsupported",
  NETWORK_ERROR: "reason.technical",
  NETWORK_TIMEOUT: "reason.technical",
  ORDER_CREATION_FAILED: "reason.technical",
  PROCESSING_ERROR: "reason.technical",
  TRY_AGAIN_LATER: "reason.technical",
};

export function reasonOf(declineCode: string | null): ReasonKey {
  return (declineCode === null ? undefined : REASONS[declineCode]) ?? "reason.declined";
}

/** The customer can correct the problem and use the same card. */
const MENDABLE: readonly ReasonKey[] = [
  "reason.not_activated",
  "reason.details",
  "reason.permission",
];

export function isMendable(declineCode: string | null): boolean {
  return MENDABLE.includes(reasonOf(declineCode));
}

/** The cause passes by itself, and the schedule may go on with the same payment method. */
const TEMPORARY: readonly ReasonKey[] = ["reason.funds", "reason.limit", "reason.technical"];

export function isTemporary(declineCode: string | null): boolean {
  return TEMPORARY.includes(reasonOf(declineCode));
}

/** Says what happened, without the code. All masked reasons get the same general sentence. */
export function declineSentence({
  recipient: { formatMessage },
  amount,
  declineCode,
}: Pick<NoticeFacts, "recipient" | "amount" | "declineCode">): string {
  return formatMessage("failed.what", { amount, reason: formatMessage(reasonOf(declineCode)) });
}
