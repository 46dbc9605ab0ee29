/** Every rule a decision about a checkout can name, as `rules.ts` has them for recoveries. */
type RuleRow = { readonly says: string; readonly source: string };

const ours = (says: string, why: string): RuleRow => ({ says, source: `Ours: ${why}` });
const rule = (says: string, source: string): RuleRow => ({ says, source });

export const CHECKOUT_RULES = {
  "checkout.ignored": ours(
    "The policy leaves one-time payments alone.",
    "Dodo may write to the same customer by itself",
  ),
  "checkout.read_first": rule(
    "Dodo is read before anything is said.",
    "Dodo, developer-resources/webhooks",
  ),
  "checkout.not_one_time": ours(
    "It belongs to a subscription, costs nothing or is gone: not a checkout.",
    "a subscription's payment is its recovery's matter",
  ),
  "checkout.paid": ours(
    "The customer has paid: this payment, or another one since.",
    "who has paid is not asked to pay",
  ),
  "checkout.superseded": ours(
    "The customer tried again: the later payment stands for both.",
    "four tries of one order are one mail, not four",
  ),
  "checkout.opted_out": ours(
    "metadata.reprise = off: nothing is sent.",
    "the merchant's own word for this payment",
  ),
  "checkout.merchant": ours(
    "The fault is the merchant's: the customer is not troubled.",
    "trying again would fail again",
  ),
  "checkout.cancelled": ours("The payment was cancelled.", "somebody has decided"),
  "checkout.too_old": ours(
    "Older than a day: it is too late to ask.",
    "who wanted it has bought it, here or elsewhere",
  ),
  "checkout.payment_in_progress": rule(
    "The payment is under way: look again.",
    "Dodo, features/payment-methods/india",
  ),
  "checkout.wait": ours(
    "The customer may still be at it: the notice has its time.",
    "a mail in the middle of paying leads to paying twice",
  ),
  "checkout.notice": rule(
    "Nobody has paid: one notice, and one reminder at most, with Dodo's own page. Nothing is ever charged.",
    "Dodo, developer-resources/handle-payment-failures",
  ),
  "checkout.notice_sent": ours(
    "The notice was sent, or in shadow mode would have been.",
    "what was said is in the record",
  ),
  "checkout.undeliverable": ours(
    "The notice cannot be delivered.",
    "another mail to the same address would not arrive either",
  ),
  "checkout.unpaid": ours("A day after the last notice nobody had paid.", "two mails are enough"),
} as const satisfies Readonly<Record<string, RuleRow>>;

export type CheckoutRule = keyof typeof CHECKOUT_RULES;
