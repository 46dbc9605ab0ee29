import type { PaymentMethodSummary } from "../../domain/state/notice.ts";
import type { Recipient } from "./recipient.ts";

/** A card by brand and last four digits, or the name of another payment method. */
export type PaidWith = { readonly label: "fact.card" | "fact.method"; readonly name: string };

export function paidWithOf(method: PaymentMethodSummary, { formatMessage }: Recipient): PaidWith {
  if (method.kind === "other") return { label: "fact.method", name: method.name };
  const { brand, lastFour } = method;
  const name =
    brand === null
      ? formatMessage("card.unbranded", { lastFour })
      : formatMessage("card.branded", { brand, lastFour });
  return { label: "fact.card", name };
}
