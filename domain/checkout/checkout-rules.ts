import { dodo, ours, type RuleRow } from "../rules/rule-row.ts";

/** Every rule that a decision about a checkout can name; `rules.ts` has those of recoveries. */
export const CHECKOUT_RULES = {
  "checkout.ignored": ours(
    "The policy leaves one-time payments alone.",
    "Dodo may already send its own emails to the same customer",
  ),
  "checkout.read_first": dodo(
    "Read Dodo before writing to the customer.",
    "developer-resources/webhooks",
  ),
  "checkout.not_one_time": ours(
    "Ignore a payment that belongs to a subscription, asks for nothing or is unknown to Dodo.",
    "a subscription's payment belongs to its recovery",
  ),
  "checkout.paid": ours(
    "The customer has paid this payment, or another one since.",
    "a customer who has paid is not asked to pay",
  ),
  "checkout.recovered": dodo(
    "Dodo reported the checkout as recovered, and a read shows that the customer has paid.",
    "features/recovery/abandoned-cart-recovery",
  ),
  "checkout.dodo_mails": ours(
    "Dodo reported the checkout as abandoned: tell the operator that Dodo's own emails run too.",
    "two systems would write to the same customer",
  ),
  "checkout.superseded": ours(
    "The customer tried again: the later payment stands for both.",
    "four tries of one order are one mail",
  ),
  "checkout.opted_out": ours(
    "Send nothing where the metadata has reprise = off.",
    "the merchant opted this payment out",
  ),
  "checkout.merchant": ours(
    "Do not write to the customer about a fault on the merchant's side.",
    "another try by the customer would fail too",
  ),
  "checkout.cancelled": ours("The payment was cancelled.", "a cancellation is a decision"),
  "checkout.too_old": ours(
    "Do not write about a payment that was made, or declined, more than a day ago.",
    "by then the customer has bought it, here or elsewhere, or decided against it",
  ),
  "checkout.payment_in_progress": dodo(
    "The payment is under way: read Dodo again later.",
    "features/payment-methods/india",
  ),
  "checkout.wait": ours(
    "Wait until the notice is due: the customer may still be paying.",
    "a mail during the payment could lead to a second one",
  ),
  "checkout.notice": dodo(
    "Send one notice, and at most one reminder, with the link to Dodo's own page. Nothing is ever charged.",
    "developer-resources/handle-payment-failures",
  ),
  "checkout.notice_sent": ours(
    "The notice was sent, or shadow mode recorded it.",
    "always explain",
  ),
  "checkout.undeliverable": ours(
    "The notice cannot be delivered.",
    "another mail to the same address would not arrive either",
  ),
  "checkout.unsent": ours(
    "The notice could not be sent while the checkout lasted.",
    "the mail server was down or refused the sender; the operator knows",
  ),
  "checkout.unpaid": ours(
    "The payment is still unpaid a day after the last notice.",
    "two mails are enough",
  ),
} as const satisfies Readonly<Record<string, RuleRow>>;

export type CheckoutRule = keyof typeof CHECKOUT_RULES;
