import type { TextKey } from "../../platform/customer/texts/index.ts";
import type { NoticeText } from "../mail/layout.ts";
import { declineSentence, isMendable, isTemporary, reasonOf } from "./decline-sentence.ts";
import type { NoticeFacts } from "./notice-facts.ts";
import { factsOf, payButton } from "./parts.ts";

/** Only the customer can solve it. Each mail of the sequence says what happened, until when to pay, and one thing to do. */
export function actionNeeded(facts: NoticeFacts): NoticeText {
  switch (facts.step) {
    case "first":
      return reasonOf(facts.declineCode) === "reason.confirmation" ? confirm(facts) : first(facts);
    case "reminder":
      return reminder(facts);
    case "last":
      return lastChance(facts);
  }
}

function first(facts: NoticeFacts): NoticeText {
  const { recipient, amount, deadline, declineCode } = facts;
  const { formatMessage } = recipient;
  return {
    subject: formatMessage("action_needed.subject", { amount }),
    heading: formatMessage("action_needed.heading"),
    paragraphs: [declineSentence(facts), formatMessage(nextOf(declineCode), { day: deadline.day })],
    facts: factsOf(facts, { label: "fact.pay_by", at: deadline }),
    button: payButton(facts),
    afterwards: [formatMessage("action_needed.after")],
  };
}

/** Says that nothing is charged any more only where that is certain. */
function nextOf(declineCode: string | null): TextKey {
  if (isMendable(declineCode)) return "action_needed.next_again";
  return isTemporary(declineCode) ? "reminder.next" : "action_needed.next_other";
}

/** The bank asks the customer to confirm the payment (3-D Secure). */
function confirm(facts: NoticeFacts): NoticeText {
  const { recipient, amount, deadline } = facts;
  const { formatMessage } = recipient;
  return {
    subject: formatMessage("authentication.subject", { amount }),
    heading: formatMessage("authentication.heading"),
    paragraphs: [
      formatMessage("authentication.what", { amount }),
      formatMessage("authentication.next", { day: deadline.day }),
    ],
    facts: factsOf(facts, { label: "fact.pay_by", at: deadline }),
    button: payButton(facts),
    afterwards: [formatMessage("action_needed.after")],
  };
}

function reminder(facts: NoticeFacts): NoticeText {
  const { recipient, amount, deadline } = facts;
  const { formatMessage } = recipient;
  return {
    subject: formatMessage("reminder.subject", { amount }),
    heading: formatMessage("reminder.heading"),
    paragraphs: [
      formatMessage("reminder.what", { amount }),
      formatMessage("reminder.next", { day: deadline.day }),
    ],
    facts: factsOf(facts, { label: "fact.pay_by", at: deadline }),
    button: payButton(facts),
    afterwards: [formatMessage("action_needed.after")],
  };
}

/** The subject names the days left only when there are at most so many. */
const COUNTED_DAYS_MAX = 7;

function lastChance(facts: NoticeFacts): NoticeText {
  const { recipient, amount, deadline, daysLeft, cancelsAtEnd } = facts;
  const { formatMessage } = recipient;
  const next = cancelsAtEnd ? "last_chance.next_cancel" : "last_chance.next";
  const isNear = daysLeft <= COUNTED_DAYS_MAX;
  return {
    subject: isNear
      ? formatMessage("last_chance.subject", { amount, days: daysLeft })
      : formatMessage("reminder.subject", { amount }),
    heading: formatMessage("last_chance.heading"),
    paragraphs: [
      formatMessage("reminder.what", { amount }),
      formatMessage(next, { day: deadline.day }),
    ],
    facts: factsOf(facts, { label: "fact.pay_by", at: deadline }),
    button: payButton(facts),
    afterwards: [formatMessage("action_needed.after")],
  };
}
