import type { NoticeText } from "../mail/layout.ts";
import type { NoticeFacts } from "./notice-facts.ts";
import { factsOf } from "./parts.ts";

/** The end of it, said once to those who had been told of the failure. */
export function recovered(facts: NoticeFacts): NoticeText {
  const { recipient, amount } = facts;
  const { say } = recipient;
  return {
    subject: say("recovered.subject", { amount }),
    heading: say("recovered.heading"),
    paragraphs: [say("recovered.what", { amount }), say("recovered.next")],
    facts: factsOf(facts, null),
    button: null,
    afterwards: [],
  };
}
