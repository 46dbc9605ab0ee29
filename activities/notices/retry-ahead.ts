import type { NoticeFacts, NoticeText } from "./compose.ts";
import { factsOf, payButton } from "./parts.ts";

/** Ahead of each attempt: nobody is charged without having been told. */
export function retryAhead(facts: NoticeFacts): NoticeText {
  const { recipient, amount, nextAttempt } = facts;
  const { formatMessage } = recipient;
  return {
    subject: formatMessage("retry_ahead.subject", { amount }),
    heading: formatMessage("retry_ahead.heading"),
    paragraphs: [
      formatMessage("retry_ahead.what", { amount }),
      nextAttempt === null
        ? formatMessage("retry.unknown_day")
        : formatMessage("retry_ahead.next", { day: nextAttempt.day }),
    ],
    facts: factsOf(facts, { label: "fact.next_attempt", at: nextAttempt }),
    button: payButton(facts),
    afterwards: [],
  };
}
