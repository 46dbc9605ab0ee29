import type { NoticeFacts, NoticeText } from "./compose.ts";
import { declineSentence } from "./decline-sentence.ts";

/** After the first soft decline: nothing need be done, but it can be. */
export function paymentFailed(facts: NoticeFacts): NoticeText {
  const { amount, nextAttempt } = facts;
  const next =
    nextAttempt === null
      ? "We will try again in the next days."
      : `You need not do anything: we will try again on ${nextAttempt}.`;
  return {
    subject: `Your payment of ${amount} did not go through`,
    paragraphs: [declineSentence(facts), next],
    button: "Pay now or use another card",
    afterwards: ["Paying now settles it at once, and we will not charge you again for it."],
  };
}
