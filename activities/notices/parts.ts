import type { Button, Fact, NoticeFacts, When } from "./compose.ts";

/** The amount, what it was to be paid with, and what comes next and when. */
export function factsOf(
  {
    recipient: { formatMessage },
    amount,
    paidWith,
  }: Pick<NoticeFacts, "recipient" | "amount" | "paidWith">,
  next: { readonly label: "fact.next_attempt" | "fact.pay_by"; readonly at: When | null } | null,
): readonly Fact[] {
  const moment = next?.at?.moment ?? null;
  return [
    { label: formatMessage("fact.amount"), value: amount },
    ...(paidWith === null ? [] : [{ label: formatMessage(paidWith.label), value: paidWith.name }]),
    ...(next === null || moment === null
      ? []
      : [{ label: formatMessage(next.label), value: moment }]),
  ];
}

/** The one thing to do. Its words are the same in every mail and agree with the title of the page it opens. */
export function payButton({
  recipient: { formatMessage },
  link,
}: Pick<NoticeFacts, "recipient" | "link">): Button | null {
  return link === null ? null : { label: formatMessage("button.pay"), href: link };
}
