import type { NoticeFacts, NoticeText } from "./compose.ts";
import { declineSentence } from "./decline-sentence.ts";
import { factsOf, payButton } from "./parts.ts";

/** After the first soft decline: nothing need be done, but it can be. */
export function paymentFailed(facts: NoticeFacts): NoticeText {
  const { recipient, amount, nextAttempt } = facts;
  const { formatMessage } = recipient;
  return {
    subject: formatMessage("payment_failed.subject", { amount }),
    heading: formatMessage("payment_failed.heading"),
    paragraphs: [
      declineSentence(facts),
      nextAttempt === null
        ? formatMessage("retry.unknown_day")
        : formatMessage("payment_failed.next", { day: nextAttempt.day }),
    ],
    facts: factsOf(facts, { label: "fact.next_attempt", at: nextAttempt }),
    button: payButton(facts),
    afterwards: [formatMessage("payment_failed.after")],
  };
}
