import type { CheckoutNotice } from "../../domain/checkout.ts";
import type { NoticeFacts, NoticeText } from "./compose.ts";
import { declineSentence } from "./decline-sentence.ts";
import { layOut } from "./layout.ts";

export type CheckoutFacts = Pick<
  NoticeFacts,
  "customerName" | "amount" | "card" | "declineCode" | "link"
>;

const NOT_CHARGED = "We will not charge you for it unless you pay.";

const TEXTS: Readonly<Record<CheckoutNotice, (facts: NoticeFacts) => NoticeText>> = {
  checkout_declined: (facts) => ({
    subject: `Your payment of ${facts.amount} did not go through`,
    paragraphs: [declineSentence(facts), withPage(facts, "You can try again, with another card.")],
    button: "Try again",
    afterwards: [NOT_CHARGED],
  }),
  checkout_abandoned: (facts) => ({
    subject: `Your payment of ${facts.amount} is not finished`,
    paragraphs: [
      `You began to pay ${facts.amount} and did not finish. Nothing was charged.`,
      withPage(facts, "You can go on where you stopped."),
    ],
    button: "Finish the payment",
    afterwards: [NOT_CHARGED],
  }),
  checkout_authentication: (facts) => ({
    subject: `Your bank waits for you to confirm ${facts.amount}`,
    paragraphs: [
      `Your payment of ${facts.amount} has to be confirmed with your bank, and that did not happen. Nothing was charged.`,
      withPage(facts, "You can confirm it now."),
    ],
    button: "Confirm the payment",
    afterwards: [NOT_CHARGED],
  }),
};

function withPage({ link }: NoticeFacts, text: string): string {
  return link === null ? "If you still want it, please order again." : text;
}

/** @returns subject, plain text, and HTML of equal content */
export function composeCheckoutNotice(
  notice: CheckoutNotice,
  facts: CheckoutFacts,
): { readonly subject: string; readonly text: string; readonly html: string } {
  const all = { ...facts, nextAttempt: null, deadline: "" };
  return layOut(TEXTS[notice](all), all);
}
