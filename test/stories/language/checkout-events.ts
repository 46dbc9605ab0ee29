import { amountOf, type Form, read } from "./sentence.ts";
import type { Given } from "./recovery-events.ts";

/** What a customer's payment without a subscription comes to. */
export type OrderEnd =
  | { readonly kind: "succeeds" }
  | { readonly kind: "declined"; readonly code: string }
  | { readonly kind: "left_on_the_page" }
  | { readonly kind: "waits_for_the_bank" };

/** One thing that the world does in a story of payments without a subscription. */
export type CheckoutWhat =
  /** Another payment of the price. */
  | { readonly do: "order"; readonly end: OrderEnd }
  /** On Dodo's page, which the mail links to. */
  | { readonly do: "pay_first_order" }
  | { readonly do: "cancel_last_order" }
  | { readonly do: "lose_webhooks" }
  | { readonly do: "sweep" };

const CHECKOUT_HAPPENINGS: readonly Form<CheckoutWhat>[] = [
  ["the customer's payment succeeds", () => ({ do: "order", end: { kind: "succeeds" } })],
  [
    "the customer's payment is declined {code}",
    ({ code = "" }) => ({ do: "order", end: { kind: "declined", code } }),
  ],
  [
    "the customer's payment is left on the page",
    () => ({ do: "order", end: { kind: "left_on_the_page" } }),
  ],
  [
    "the customer's payment waits for the bank's confirmation",
    () => ({ do: "order", end: { kind: "waits_for_the_bank" } }),
  ],
  ["the customer pays after all", () => ({ do: "pay_first_order" })],
  ["the customer's latest payment is cancelled", () => ({ do: "cancel_last_order" })],
  ["from here on webhooks are lost", () => ({ do: "lose_webhooks" })],
  ["the sweep comes by", () => ({ do: "sweep" })],
];

/** Nothing is authorized for later: the customer pays, or does not. */
export const CHECKOUT_GIVENS: readonly Form<Partial<Given>>[] = [
  [
    "a one-time payment of {amount}",
    ({ amount }) => ({ price: amountOf(amount), authorizedAtMs: 0, oneTime: true }),
  ],
];

export const readCheckoutHappening = (sentence: string): CheckoutWhat =>
  read(sentence, CHECKOUT_HAPPENINGS);
