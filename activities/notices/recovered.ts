import type { NoticeText } from "../mail/layout.ts";
import type { NoticeFacts } from "./notice-facts.ts";
import { factsOf } from "./parts.ts";

/** Sent once, to a customer who had a notice about the failure. */
export function recovered(facts: NoticeFacts): NoticeText {
  const { recipient, amount } = facts;
  const { formatMessage } = recipient;
  return {
    subject: formatMessage("recovered.subject", { amount }),
    heading: formatMessage("recovered.heading"),
    paragraphs: [formatMessage("recovered.what", { amount }), formatMessage("recovered.next")],
    facts: factsOf(facts),
    button: null,
    afterwards: [],
  };
}
