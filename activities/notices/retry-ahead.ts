import type { NoticeText } from "../mail/layout.ts";
import type { NoticeFacts } from "./notice-facts.ts";
import { factsOf, payButton } from "./parts.ts";

/** Announces each attempt before it charges. */
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
    facts: factsOf(
      facts,
      { label: "fact.next_attempt", at: nextAttempt },
      { label: "fact.payable_until", at: facts.deadline },
    ),
    button: payButton(facts),
    afterwards: [],
  };
}
