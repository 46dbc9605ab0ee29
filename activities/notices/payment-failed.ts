import type { NoticeFacts, NoticeText } from "./compose.ts";
import { declineSentence } from "./decline-sentence.ts";
import { factsOf, payButton } from "./parts.ts";

/** After the first soft decline: nothing need be done, but it can be. */
export function paymentFailed(facts: NoticeFacts): NoticeText {
  const { recipient, amount, nextAttempt } = facts;
  const { say } = recipient;
  return {
    subject: say("payment_failed.subject", { amount }),
    heading: say("payment_failed.heading"),
    paragraphs: [
      declineSentence(facts),
      nextAttempt === null
        ? say("retry.unknown_day")
        : say("payment_failed.next", { day: nextAttempt.day }),
    ],
    facts: factsOf(facts, { label: "fact.next_attempt", at: nextAttempt }),
    button: payButton(facts),
    afterwards: [say("payment_failed.after")],
  };
}
