import type { NoticeFacts, NoticeText } from "./compose.ts";
import { declineSentence } from "./decline-sentence.ts";

/** Only the customer can mend it: say what, until when, and give one thing to do. */
export function actionNeeded(facts: NoticeFacts): NoticeText {
  const { amount, deadline } = facts;
  return {
    subject: `Please update your payment method: ${amount} is due`,
    paragraphs: [
      declineSentence(facts),
      "We will not charge this card again. Please pay with another one to keep your subscription.",
    ],
    button: "Update payment method",
    afterwards: [`You can do this until ${deadline}. It takes about a minute.`],
  };
}
