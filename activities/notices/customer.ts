import type { Customer, PaymentMethodSummary } from "../../dodo/port.ts";
import type { Instant } from "../../domain/values/time.ts";
import type { Brand } from "../../platform/customer/brand.ts";
import { type Recipient, recipientOf } from "../../platform/customer/recipient.ts";
import type { PaidWith } from "./notice-facts.ts";

/** The customer's language, formats and time zone. */
export function recipientOfCustomer(customer: Customer, brand: Brand, now: Instant): Recipient {
  const { languages, country, timeZone } = customer;
  return recipientOf({ languages, country, timeZone }, brand, now);
}

const NAME_CHARACTERS_MAX = 60;

/** Control and bidirectional characters, brackets, and text that a mail client would turn into a link. */
const ODD_IN_A_NAME =
  /[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069@/\\<>{}]|www\.|[^\s.]{2,}\.[^\s.]{2,}/iu;

/**
 * The name for the greeting. Anybody may have typed it, and the mail carries the merchant's name.
 * @returns null for a name that looks like an address or a link, or that would reverse the text
 */
export function customerNameOf(name: string | null): string | null {
  const text = (name ?? "").replaceAll(/\s+/g, " ").trim();
  const isOdd = ODD_IN_A_NAME.test(text);
  return text === "" || text.length > NAME_CHARACTERS_MAX || isOdd ? null : text;
}

export function paidWithOf(method: PaymentMethodSummary, { formatMessage }: Recipient): PaidWith {
  if (method.kind === "other") return { label: "fact.method", name: method.name };
  const { brand, lastFour } = method;
  const name =
    brand === null
      ? formatMessage("card.unbranded", { lastFour })
      : formatMessage("card.branded", { brand, lastFour });
  return { label: "fact.card", name };
}
