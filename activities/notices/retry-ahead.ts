import type { NoticeFacts, NoticeText } from "./compose.ts";

/** Ahead of each attempt: nobody is charged without having been told. */
export function retryAhead(facts: NoticeFacts): NoticeText {
  const { amount, card, nextAttempt } = facts;
  const what = card === null ? "your payment method" : `your card (${card})`;
  return {
    subject: `We will try your payment of ${amount} again`,
    paragraphs: [
      `Your payment of ${amount} is still open. On ${nextAttempt ?? "one of the next days"} we will charge ${what} again.`,
      "Please make sure that the money is there by then, or use another card.",
    ],
    button: "Pay now or use another card",
    afterwards: [],
  };
}
