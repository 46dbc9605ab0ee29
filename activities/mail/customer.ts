import type { DodoPayment, DodoSubscription } from "../../dodo/client.ts";
import { fieldsOf, textOf } from "../../dodo/shapes.ts";
import type { Instant } from "../../domain/values/time.ts";
import type { Brand } from "../../platform/customer/brand.ts";
import {
  LANGUAGE_KEY,
  type Recipient,
  recipientOf,
  TIME_ZONE_KEY,
} from "../../platform/customer/recipient.ts";
import type { PaidWith } from "../notices/compose.ts";

/** How to write to a customer: metadata of the subscription (or of a payment without one), then of the customer, then the country. */
export function recipientOfCustomer(
  raw: DodoSubscription | DodoPayment,
  brand: Brand,
  now: Instant,
): Recipient {
  const metadata = [fieldsOf(raw.metadata), fieldsOf(fieldsOf(raw.customer)["metadata"])];
  const named = (key: string): (string | null)[] => metadata.map((fields) => textOf(fields[key]));
  const hints = {
    languages: named(LANGUAGE_KEY),
    country: textOf(fieldsOf(raw.billing)["country"]),
    timeZone: named(TIME_ZONE_KEY).find((zone) => zone !== null) ?? null,
  };
  return recipientOf(hints, brand, now);
}

const NAME_CHARACTERS_MAX = 60;

/** Control and bidirectional characters, brackets, and what a mail client would make a link of. */
const ODD_IN_A_NAME =
  /[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069@/\\<>{}]|www\.|[^\s.]{2,}\.[^\s.]{2,}/iu;

/**
 * The name to greet by. Anybody may have typed it: what could be read as an address or a link, or would turn the
 * text around, is left out rather than sent under the merchant's name.
 */
export function customerNameOf(name: string | null): string | null {
  const text = (name ?? "").replaceAll(/\s+/g, " ").trim();
  const isOdd = ODD_IN_A_NAME.test(text);
  return text === "" || text.length > NAME_CHARACTERS_MAX || isOdd ? null : text;
}

/** As their owners write them, by what Dodo calls them. @source dodopayments 2.52.0, `card_network`, `payment_method` */
const BRANDS: Readonly<Record<string, string>> = {
  visa: "Visa",
  mastercard: "Mastercard",
  amex: "American Express",
  american_express: "American Express",
  discover: "Discover",
  diners: "Diners Club",
  diners_club: "Diners Club",
  jcb: "JCB",
  unionpay: "UnionPay",
  union_pay: "UnionPay",
  rupay: "RuPay",
  maestro: "Maestro",
  interac: "Interac",
  cartes_bancaires: "Cartes Bancaires",
  elo: "Elo",
};

const METHODS: Readonly<Record<string, string>> = {
  upi_collect: "UPI",
  upi_intent: "UPI",
  upi: "UPI",
  apple_pay: "Apple Pay",
  google_pay: "Google Pay",
  amazon_pay: "Amazon Pay",
  paypal: "PayPal",
  cashapp: "Cash App Pay",
  klarna: "Klarna",
  afterpay_clearpay: "Afterpay",
  affirm: "Affirm",
  sepa: "SEPA",
  sepa_bank_debit: "SEPA",
};

const keyOf = (value: unknown): string =>
  (textOf(value) ?? "")
    .trim()
    .toLowerCase()
    .replaceAll(/[\s-]+/g, "_");

/** @returns null where Dodo names neither a card nor a way to pay that we know by name */
export function paidWithOf(payment: DodoPayment, { formatMessage }: Recipient): PaidWith | null {
  const lastFour = textOf(payment.card_last_four);
  if (lastFour === null || !/^\d{4}$/.test(lastFour)) {
    const name =
      METHODS[keyOf(payment.payment_method_type)] ?? METHODS[keyOf(payment.payment_method)];
    return name === undefined ? null : { label: "fact.method", name };
  }
  const brand = BRANDS[keyOf(payment.card_network)];
  const name =
    brand === undefined
      ? formatMessage("card.unbranded", { lastFour })
      : formatMessage("card.branded", { brand, lastFour });
  return { label: "fact.card", name };
}
