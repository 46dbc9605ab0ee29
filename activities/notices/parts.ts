import type { Button, Fact } from "../mail/layout.ts";
import type { NoticeFacts, When } from "./notice-facts.ts";

/** The product, the amount, the payment method, and the next date. */
export function factsOf(
  {
    recipient: { formatMessage },
    productName,
    amount,
    paidWith,
  }: Pick<NoticeFacts, "recipient" | "productName" | "amount" | "paidWith">,
  next: { readonly label: "fact.next_attempt" | "fact.pay_by"; readonly at: When | null } | null,
): readonly Fact[] {
  const moment = next?.at?.moment ?? null;
  return [
    ...(productName === null ? [] : [{ label: formatMessage("fact.product"), value: productName }]),
    { label: formatMessage("fact.amount"), value: amount },
    ...(paidWith === null ? [] : [{ label: formatMessage(paidWith.label), value: paidWith.name }]),
    ...(next === null || moment === null
      ? []
      : [{ label: formatMessage(next.label), value: moment }]),
  ];
}

/** The label is the same in every mail and matches the title of the page that it opens. */
export function payButton({
  recipient: { formatMessage },
  link,
}: Pick<NoticeFacts, "recipient" | "link">): Button | null {
  return link === null ? null : { label: formatMessage("button.pay"), href: link };
}
