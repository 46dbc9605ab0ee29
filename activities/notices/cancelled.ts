import type { NoticeText } from "../mail/layout.ts";
import type { NoticeFacts } from "./notice-facts.ts";
import { factsOf } from "./parts.ts";

/** The policy cancelled the subscription at the window's end. */
export function cancelled(facts: NoticeFacts): NoticeText {
  const { recipient, amount, brand } = facts;
  const { say } = recipient;
  return {
    subject: say("cancelled.subject"),
    heading: say("cancelled.heading"),
    paragraphs: [say("cancelled.what", { amount }), say("cancelled.next")],
    facts: factsOf(facts, null),
    button:
      brand.supportUrl === null ? null : { label: say("button.contact"), href: brand.supportUrl },
    afterwards: [say("cancelled.after")],
  };
}
