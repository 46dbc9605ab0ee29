import { formatDay, formatMoment, formatMoney } from "../../platform/customer/format.ts";
import { escapeHtml } from "../../platform/customer/html.ts";
import { paidWithOf } from "../../platform/customer/paid-with.ts";
import type { Recipient } from "../../platform/customer/recipient.ts";
import type { TextKey } from "../../platform/customer/texts/index.ts";
import type { DebtFacts } from "../temporal/debt-facts.ts";

/** `payment`: its date and its payment method. */
export type FactName = "product" | "amount" | "payment" | "deadline";

/** Of a debt that the page knows nothing about. */
export const UNKNOWN_FACTS: DebtFacts = {
  total: null,
  productName: null,
  payment: null,
  settledBy: null,
  payUntil: null,
  reader: null,
};

/** The latest notice was about the payment that settled the debt. */
export function isAboutSettlement({ payment, settledBy }: DebtFacts): boolean {
  return settledBy !== null && payment?.paymentId === settledBy;
}

type Row = { readonly label: string; readonly value: string; readonly kind?: "amount" };

/** Facts about the debt as the mail names them, as far as they are known; empty where none is. */
export function factList(
  names: readonly FactName[],
  facts: DebtFacts,
  recipient: Recipient,
): string {
  const rows = names.flatMap((name) => rowsOf(name, facts, recipient));
  if (rows.length === 0) return "";
  const items = rows.map(
    ({ label, value, kind }) =>
      `<div><dt>${escapeHtml(label)}</dt><dd${kind === undefined ? "" : ` class="${kind}"`}>${escapeHtml(value)}</dd></div>`,
  );
  return `<dl>${items.join("")}</dl>`;
}

function rowsOf(
  name: FactName,
  { productName, total, payment, payUntil }: DebtFacts,
  recipient: Recipient,
): readonly Row[] {
  const { formatMessage } = recipient;
  const row = (label: TextKey, value: string | null): Row[] =>
    value === null ? [] : [{ label: formatMessage(label), value }];
  switch (name) {
    case "product":
      return row("fact.product", productName);
    case "amount":
      return total === null
        ? []
        : [
            {
              label: formatMessage("fact.amount"),
              value: formatMoney(total, recipient),
              kind: "amount",
            },
          ];
    case "payment": {
      const at = payment?.at ?? null;
      const paidWith = payment?.paidWith ?? null;
      const method = paidWith === null ? null : paidWithOf(paidWith, recipient);
      return [
        ...row("fact.date", at === null ? null : formatDay(at, recipient)),
        ...(method === null ? [] : row(method.label, method.name)),
      ];
    }
    case "deadline":
      return row("fact.pay_by", payUntil === null ? null : formatMoment(payUntil, recipient));
  }
}
