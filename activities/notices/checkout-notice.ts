import type { CheckoutNotice } from "../../domain/checkout/checkout.ts";
import { type Button, type LaidOut, layOut, type NoticeText } from "../mail/layout.ts";
import { declineSentence } from "./decline-sentence.ts";
import type { NoticeFacts } from "./notice-facts.ts";
import { factsOf, payButton } from "./parts.ts";

/** The facts of a notice about a one-time payment. `link` is Dodo's page for the payment. */
export type CheckoutFacts = Pick<
  NoticeFacts,
  | "recipient"
  | "brand"
  | "logoUrl"
  | "customerName"
  | "productName"
  | "amount"
  | "paidOn"
  | "paidWith"
  | "declineCode"
  | "link"
>;

const TEXTS: Readonly<Record<CheckoutNotice, (facts: CheckoutFacts) => NoticeText>> = {
  checkout_declined: declined,
  checkout_abandoned: abandoned,
  checkout_authentication: unconfirmed,
};

/** @returns subject, plain text, and HTML of equal content */
export function composeCheckoutNotice(notice: CheckoutNotice, facts: CheckoutFacts): LaidOut {
  return layOut(TEXTS[notice](facts), facts);
}

function declined(facts: CheckoutFacts): NoticeText {
  const { recipient, amount } = facts;
  const { formatMessage } = recipient;
  return {
    subject: formatMessage("payment_failed.subject", { amount }),
    heading: formatMessage("payment_failed.heading"),
    paragraphs: [declineSentence(facts), withPage(facts, "checkout.try_again")],
    ...rest(facts, payButton(facts)),
  };
}

function abandoned(facts: CheckoutFacts): NoticeText {
  const { recipient, amount } = facts;
  const { formatMessage } = recipient;
  return {
    subject: formatMessage("checkout_abandoned.subject", { amount }),
    heading: formatMessage("checkout_abandoned.heading"),
    paragraphs: [
      formatMessage("checkout_abandoned.what", { amount }),
      withPage(facts, "checkout_abandoned.next"),
    ],
    ...rest(facts, payButton(facts)),
  };
}

/** The customer has not confirmed the payment at the bank (3-D Secure). */
function unconfirmed(facts: CheckoutFacts): NoticeText {
  const { recipient, amount } = facts;
  const { formatMessage } = recipient;
  return {
    subject: formatMessage("authentication.subject", { amount }),
    heading: formatMessage("authentication.heading"),
    paragraphs: [
      formatMessage("checkout_authentication.what", { amount }),
      withPage(facts, "checkout_authentication.next"),
    ],
    ...rest(facts, payButton(facts)),
  };
}

type Next = "checkout.try_again" | "checkout_abandoned.next" | "checkout_authentication.next";

/** Without a page the customer has to order again. */
function withPage({ recipient: { formatMessage }, link }: CheckoutFacts, next: Next): string {
  return formatMessage(link === null ? "checkout.order_again" : next);
}

function rest(
  facts: CheckoutFacts,
  button: Button | null,
): Pick<NoticeText, "facts" | "button" | "afterwards"> {
  return {
    facts: factsOf(facts),
    button,
    afterwards: button === null ? [] : [facts.recipient.formatMessage("checkout.not_charged")],
  };
}
