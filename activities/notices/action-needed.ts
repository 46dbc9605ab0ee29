import type { NoticeFacts, NoticeText } from "./compose.ts";
import { declineSentence, isMendable, reasonOf } from "./decline-sentence.ts";
import { factsOf, payButton } from "./parts.ts";

/** Only the customer can mend it: a sequence, which says each time what, until when, and one thing to do. */
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
  const next = isMendable(declineCode) ? "action_needed.next_again" : "action_needed.next_other";
  return {
    subject: formatMessage("action_needed.subject", { amount }),
    heading: formatMessage("action_needed.heading"),
    paragraphs: [declineSentence(facts), formatMessage(next, { day: deadline.day })],
    facts: factsOf(facts, { label: "fact.pay_by", at: deadline }),
    button: payButton(facts),
    afterwards: [formatMessage("action_needed.after")],
  };
}

/** The bank wants to hear from its customer (3-D Secure). */
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

/** More days than this hurry nobody. */
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
