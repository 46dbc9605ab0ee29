import type { NoticeText } from "../mail/layout.ts";
import type { NoticeFacts } from "./notice-facts.ts";
import { factsOf } from "./parts.ts";

/**
 * A payment waits for the customer: it can neither succeed nor fail before the customer acts. The button leads to our page,
 * which leads on to Dodo's page for that payment, or says what to do without one.
 */
export function confirmPayment(facts: NoticeFacts): NoticeText {
  const { recipient, amount, hasPage, link, step } = facts;
  const { formatMessage } = recipient;
  const subject = step === "first" ? "authentication.subject" : "reminder.subject";
  return {
    subject: formatMessage(subject, { amount }),
    heading: formatMessage("authentication.heading"),
    paragraphs: [
      formatMessage("authentication.what", { amount }),
      formatMessage(hasPage ? "confirm.next_page" : "confirm.next_bank"),
    ],
    facts: factsOf(facts, { label: "fact.pay_by", at: facts.deadline }),
    button: link === null ? null : { label: formatMessage("button.confirm"), href: link },
    afterwards: [],
  };
}
