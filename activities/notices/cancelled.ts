import type { NoticeFacts, NoticeText } from "./compose.ts";
import { factsOf } from "./parts.ts";

/** The policy cancelled the subscription at the window's end. */
export function cancelled(facts: NoticeFacts): NoticeText {
  const { recipient, amount, brand } = facts;
  const { formatMessage } = recipient;
  return {
    subject: formatMessage("cancelled.subject"),
    heading: formatMessage("cancelled.heading"),
    paragraphs: [formatMessage("cancelled.what", { amount }), formatMessage("cancelled.next")],
    facts: factsOf(facts, null),
    button:
      brand.supportUrl === null
        ? null
        : { label: formatMessage("button.contact"), href: brand.supportUrl },
    afterwards: [formatMessage("cancelled.after")],
  };
}
