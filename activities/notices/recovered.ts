import type { NoticeFacts, NoticeText } from "./compose.ts";
import { factsOf } from "./parts.ts";

/** The end of it, said once to those who had been told of the failure. */
export function recovered(facts: NoticeFacts): NoticeText {
  const { recipient, amount } = facts;
  const { formatMessage } = recipient;
  return {
    subject: formatMessage("recovered.subject", { amount }),
    heading: formatMessage("recovered.heading"),
    paragraphs: [formatMessage("recovered.what", { amount }), formatMessage("recovered.next")],
    facts: factsOf(facts, null),
    button: null,
    afterwards: [],
  };
}
