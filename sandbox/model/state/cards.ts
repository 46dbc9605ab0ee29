import type { Outcome } from "./outcome.ts";

export type CardSpec = {
  readonly label: string;
  readonly lastFour: string;
  readonly network: string;
  /** When the customer is there, on a hosted page. */
  readonly onSession: Outcome;
  /** Of later charges, when it was saved. */
  readonly offSession: Outcome;
};

/**
 * The cards of the hosted page. Dodo's own test cards end in 4242, 0341, 9995 and 0002; hard declines and 3-D Secure
 * can be tried only here.
 * @source dodo.md 7
 */
export const CARDS = {
  good: {
    label: "A good card",
    lastFour: "4242",
    network: "VISA",
    onSession: "succeed",
    offSession: "succeed",
  },
  fails_later: {
    label: "Works today, fails at later charges",
    lastFour: "0341",
    network: "VISA",
    onSession: "succeed",
    offSession: { decline: "GENERIC_DECLINE" },
  },
  insufficient_funds: decliningCard("Insufficient funds", "9995", "INSUFFICIENT_FUNDS"),
  generic_decline: decliningCard("Declined, no reason given", "0002", "GENERIC_DECLINE"),
  stolen: decliningCard("Reported stolen", "9979", "STOLEN_CARD"),
  expired: decliningCard("Expired", "0069", "EXPIRED_CARD"),
  three_ds_abandoned: {
    label: "Leaves the bank's 3-D Secure page",
    lastFour: "3220",
    network: "VISA",
    onSession: { requires_customer_action: true },
    offSession: { decline: "AUTHENTICATION_REQUIRED" },
  },
} as const satisfies Record<string, CardSpec>;

export type CardName = keyof typeof CARDS;
export const CARD_NAMES = Object.keys(CARDS) as [CardName, ...CardName[]];

/** A card that is refused with this code, on a page and off. */
export function decliningCard(label: string, lastFour: string, code: string): CardSpec {
  const outcome = { decline: code };
  return { label, lastFour, network: "MASTERCARD", onSession: outcome, offSession: outcome };
}
