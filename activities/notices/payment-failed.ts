import type { NoticeText } from "../mail/layout.ts";
import { declineSentence } from "./decline-sentence.ts";
import type { NoticeFacts } from "./notice-facts.ts";
import { factsOf, payButton } from "./parts.ts";

/** After the first soft decline. The customer may pay, but need not do anything. */
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
    facts: factsOf(
      facts,
      { label: "fact.next_attempt", at: nextAttempt },
      { label: "fact.payable_until", at: facts.deadline },
    ),
    button: payButton(facts),
    afterwards: [formatMessage("payment_failed.after")],
  };
}
