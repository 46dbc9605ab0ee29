import type { Button, Fact } from "../mail/layout.ts";
import type { NoticeFacts, When } from "./notice-facts.ts";

type Next = {
  readonly label: "fact.next_attempt" | "fact.pay_by" | "fact.payable_until";
  readonly at: When | null;
};

/** The product, the amount, the date, the payment method, and what is due when. */
export function factsOf(
  {
    recipient: { formatMessage },
    productName,
    amount,
    paidOn,
    paidWith,
  }: Pick<NoticeFacts, "recipient" | "productName" | "amount" | "paidOn" | "paidWith">,
  ...dates: readonly Next[]
): readonly Fact[] {
  return [
    ...(productName === null ? [] : [{ label: formatMessage("fact.product"), value: productName }]),
    { label: formatMessage("fact.amount"), value: amount },
    ...(paidOn === null ? [] : [{ label: formatMessage("fact.date"), value: paidOn }]),
    ...(paidWith === null ? [] : [{ label: formatMessage(paidWith.label), value: paidWith.name }]),
    ...dates.flatMap(({ label, at }) =>
      at === null ? [] : [{ label: formatMessage(label), value: at.moment }],
    ),
  ];
}

/** The label is the same in every mail and matches the title of the page that it opens. */
export function payButton({
  recipient: { formatMessage },
  link,
}: Pick<NoticeFacts, "recipient" | "link">): Button | null {
  return link === null ? null : { label: formatMessage("button.pay"), href: link };
}
