import type { NoticeText } from "../mail/layout.ts";
import type { NoticeFacts } from "./notice-facts.ts";
import { factsOf } from "./parts.ts";

/** The policy cancelled the subscription at the window's end. */
export function cancelled(facts: NoticeFacts): NoticeText {
  const { recipient, amount, brand } = facts;
  const { formatMessage } = recipient;
  return {
    subject: formatMessage("cancelled.subject"),
    heading: formatMessage("cancelled.heading"),
    paragraphs: [formatMessage("cancelled.what", { amount }), formatMessage("cancelled.next")],
    facts: factsOf(facts),
    button:
      brand.supportUrl === null
        ? null
        : { label: formatMessage("button.contact"), href: brand.supportUrl },
    afterwards: [formatMessage("cancelled.after")],
  };
}
