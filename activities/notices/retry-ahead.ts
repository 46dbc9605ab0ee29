import type { NoticeFacts, NoticeText } from "./compose.ts";
import { factsOf, payButton } from "./parts.ts";

/** Ahead of each attempt: nobody is charged without having been told. */
export function retryAhead(facts: NoticeFacts): NoticeText {
  const { recipient, amount, nextAttempt } = facts;
  const { say } = recipient;
  return {
    subject: say("retry_ahead.subject", { amount }),
    heading: say("retry_ahead.heading"),
    paragraphs: [
      say("retry_ahead.what", { amount }),
      nextAttempt === null
        ? say("retry.unknown_day")
        : say("retry_ahead.next", { day: nextAttempt.day }),
    ],
    facts: factsOf(facts, { label: "fact.next_attempt", at: nextAttempt }),
    button: payButton(facts),
    afterwards: [],
  };
}
