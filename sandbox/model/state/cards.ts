import type { Outcome } from "./outcome.ts";

export type CardSpec = {
  readonly label: string;
  readonly lastFour: string;
  readonly network: string;
  /** When the customer enters the card on a hosted page. */
  readonly onSession: Outcome;
  /** When the saved card is charged later. */
  readonly offSession: Outcome;
};

/**
 * The cards of the hosted page. Dodo's test cards end in 4242, 0341, 9995 and 0002. Its test mode offers no hard
 * decline and no 3-D Secure, so the sandbox adds cards for them.
 * @source docs/dodo/api.md, "Test mode"
 */
export const CARDS = {
  good: {
    label: "Succeeds",
    lastFour: "4242",
    network: "VISA",
    onSession: "succeed",
    offSession: "succeed",
  },
  fails_later: {
    label: "Succeeds now, fails on later charges",
    lastFour: "0341",
    network: "VISA",
    onSession: "succeed",
    offSession: { decline: "GENERIC_DECLINE" },
  },
  insufficient_funds: decliningCard("Insufficient funds", "9995", "INSUFFICIENT_FUNDS"),
  generic_decline: decliningCard("Declined without a reason", "0002", "GENERIC_DECLINE"),
  stolen: decliningCard("Reported stolen", "9979", "STOLEN_CARD"),
  expired: decliningCard("Expired", "0069", "EXPIRED_CARD"),
  asks_each_time: {
    label: "Succeeds now, asks for 3‑D Secure on later charges",
    lastFour: "3155",
    network: "VISA",
    onSession: "succeed",
    offSession: { requires_customer_action: true },
  },
  merchant_must_act: {
    label: "Succeeds now, waits for the merchant on later charges",
    lastFour: "3238",
    network: "VISA",
    onSession: "succeed",
    offSession: { stay: "requires_merchant_action" },
  },
  three_ds_abandoned: {
    label: "Leaves 3‑D Secure unfinished",
    lastFour: "3220",
    network: "VISA",
    onSession: { requires_customer_action: true },
    offSession: { decline: "AUTHENTICATION_REQUIRED" },
  },
} as const satisfies Record<string, CardSpec>;

export type CardName = keyof typeof CARDS;
export const CARD_NAMES = Object.keys(CARDS) as [CardName, ...CardName[]];

/** A named card, or a card that declines with the given code. */
export type CardChoice = CardName | { readonly declines: string };

export function cardSpecOf(choice: CardChoice): CardSpec {
  return typeof choice === "string"
    ? CARDS[choice]
    : decliningCard(`Declines with ${choice.declines}`, "0119", choice.declines);
}

/** A card that declines with this code, both on a hosted page and off-session. */
function decliningCard(label: string, lastFour: string, code: string): CardSpec {
  const outcome = { decline: code };
  return { label, lastFour, network: "MASTERCARD", onSession: outcome, offSession: outcome };
}
