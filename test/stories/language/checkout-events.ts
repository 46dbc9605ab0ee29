import { parseSentence, type Pattern } from "./sentence.ts";

/** What comes of a customer's payment without a subscription. */
export type OrderOutcome =
  | { readonly kind: "succeeded" }
  | { readonly kind: "declined"; readonly code: string }
  | { readonly kind: "left_on_the_page" }
  | { readonly kind: "waits_for_the_bank" };

/** An event in a story of payments without a subscription. */
export type CheckoutEvent =
  /** Another payment of the price. */
  | { readonly do: "order"; readonly outcome: OrderOutcome }
  /** On Dodo's page, which the mail links to. */
  | { readonly do: "pay_first_order" }
  | { readonly do: "cancel_last_order" }
  | { readonly do: "lose_webhooks" }
  | { readonly do: "sweep" };

const CHECKOUT_EVENTS: readonly Pattern<CheckoutEvent>[] = [
  ["the customer pays: succeeded", () => ({ do: "order", outcome: { kind: "succeeded" } })],
  [
    "the customer pays: declined {code}",
    ({ code = "" }) => ({ do: "order", outcome: { kind: "declined", code } }),
  ],
  [
    "the customer leaves the payment page without paying",
    () => ({ do: "order", outcome: { kind: "left_on_the_page" } }),
  ],
  [
    "the customer pays, and the bank waits for a confirmation",
    () => ({ do: "order", outcome: { kind: "waits_for_the_bank" } }),
  ],
  ["the customer completes the first payment", () => ({ do: "pay_first_order" })],
  ["the customer's latest payment is cancelled", () => ({ do: "cancel_last_order" })],
  ["webhooks stop arriving", () => ({ do: "lose_webhooks" })],
  ["the sweep runs", () => ({ do: "sweep" })],
];

export const parseCheckoutEvent = (sentence: string): CheckoutEvent =>
  parseSentence(sentence, CHECKOUT_EVENTS);
