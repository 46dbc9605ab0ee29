import { dodo, ours, type RuleRow } from "../rules/rule-row.ts";

/** Every rule that a decision about a mandate can name; `rules.ts` has those of recoveries. */
export const MANDATE_RULES = {
  "mandate.requested": dodo(
    "A mandate was requested: ask Dodo for a checkout.",
    "developer-resources/ondemand-subscriptions",
  ),
  "mandate.shadow": ours("Shadow and advise mode create no checkout.", "they send nothing"),
  "mandate.refused": ours(
    "Dodo refused to create the checkout: end the mandate.",
    "the same request would be refused again",
  ),
  "mandate.not_made": ours(
    "Dodo created no checkout within a day: give up.",
    "by then the customer has left",
  ),
  "mandate.checkout_created": dodo(
    "Dodo created the checkout: report its page, and follow it.",
    "developer-resources/checkout-session",
  ),
  "mandate.already_known": ours(
    "Dodo already has a subscription of this mandate: create no second checkout.",
    "one request is one mandate, also after Temporal was restored from a backup",
  ),
  "mandate.reported": dodo(
    "Dodo reports the subscription or its payment: read it.",
    "developer-resources/webhooks",
  ),
  "mandate.read": ours(
    "The next read of Dodo is due, whether or not a webhook came.",
    "a lost webhook must not lose a mandate",
  ),
  "mandate.wait": dodo(
    "The customer has not finished, and the page is still open.",
    "developer-resources/checkout-session",
  ),
  "mandate.under_way": dodo(
    "The page has closed while a payment is under way: wait for its end.",
    "features/payment-methods/india",
  ),
  "mandate.active": dodo(
    "The subscription is active: it can be charged.",
    "developer-resources/ondemand-subscriptions",
  ),
  "mandate.failed": dodo("The first payment or the authorization failed.", "features/subscription"),
  "mandate.expired": dodo(
    "The page has closed before the customer finished.",
    "developer-resources/checkout-session",
  ),
} as const satisfies Readonly<Record<string, RuleRow>>;

export type MandateRule = keyof typeof MANDATE_RULES;
