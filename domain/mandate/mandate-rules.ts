/** Every rule a decision about a mandate can name, as `rules.ts` has them for recoveries. */
type RuleRow = { readonly says: string; readonly source: string };

const ours = (says: string, why: string): RuleRow => ({ says, source: `Ours: ${why}` });
const dodo = (says: string, page: string): RuleRow => ({ says, source: `Dodo, ${page}` });

export const MANDATE_RULES = {
  "mandate.requested": dodo(
    "A mandate is asked of us: Dodo makes a checkout for it.",
    "developer-resources/ondemand-subscriptions",
  ),
  "mandate.shadow": ours("Shadow mode makes no checkout.", "shadow mode sends nothing"),
  "mandate.refused": ours(
    "Dodo refused the checkout: it is not asked for again.",
    "the same request would be refused again",
  ),
  "mandate.not_made": ours(
    "Dodo made no checkout within a day: it is given up.",
    "nobody waits for it any more",
  ),
  "mandate.checkout_created": dodo(
    "Dodo made the checkout: its one page is given out, and followed.",
    "developer-resources/checkout-session",
  ),
  "mandate.already_known": ours(
    "Dodo has a subscription of this mandate already: no checkout is made beside it.",
    "one request is one mandate, also where Temporal was restored",
  ),
  "mandate.reported": dodo(
    "Dodo reports the subscription or its payment: it is read.",
    "developer-resources/webhooks",
  ),
  "mandate.read": ours(
    "It is time to look, whether or not a webhook came.",
    "a webhook that is lost must not lose a mandate",
  ),
  "mandate.wait": dodo(
    "The customer has not finished, and the page still works.",
    "developer-resources/checkout-session",
  ),
  "mandate.under_way": dodo(
    "The page has closed, and a payment is under way: its end is waited for.",
    "features/payment-methods/india",
  ),
  "mandate.active": dodo(
    "The subscription is active: it can be charged.",
    "developer-resources/ondemand-subscriptions",
  ),
  "mandate.failed": dodo(
    "The first payment or the authorization failed: Dodo lets it come to nothing.",
    "features/subscription",
  ),
  "mandate.expired": dodo(
    "The page has closed, and nobody has finished on it.",
    "developer-resources/checkout-session",
  ),
} as const satisfies Readonly<Record<string, RuleRow>>;

export type MandateRule = keyof typeof MANDATE_RULES;
