import type { NoticeFacts } from "./compose.ts";

/** Reasons a customer can do something about, in plain words; every other reason gets the general sentence. */
const REASONS: Readonly<Record<string, string>> = {
  INSUFFICIENT_FUNDS: "there was not enough money available",
  LIMIT_EXCEEDED: "a limit of the card was reached",
  CARD_VELOCITY_EXCEEDED: "the card was used too often in a short time",
  EXPIRED_CARD: "the card has expired",
  CARD_NOT_ACTIVATED: "the card is not activated yet",
  AUTHENTICATION_REQUIRED: "your bank wants you to confirm the payment",
  AUTHENTICATION_TIMEOUT: "the payment was not confirmed with your bank in time",
  MANDATE_INVALID: "the permission to charge is no longer valid",
  MANDATE_REQUIRED: "the permission to charge is missing",
};

/** What happened, never with a raw code. The general sentence is the same for every reason that is not told. */
export function declineSentence({ amount, card, declineCode }: NoticeFacts): string {
  const what = card === null ? "your payment method" : `your card (${card})`;
  const reason = declineCode === null ? undefined : REASONS[declineCode];
  const why = reason === undefined ? "Your bank declined the payment." : `The reason: ${reason}.`;
  return `We could not charge ${amount} to ${what}. ${why}`;
}
