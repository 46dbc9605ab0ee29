import type { PaymentMethodSummary } from "../domain/state/notice.ts";

/** Card networks, as their owners write them. @source dodopayments 2.52.0, resources/payments.ts, `card_network` */
const CARD_BRANDS: Readonly<Record<string, string>> = {
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

/** Other payment methods that customers know by name. @source dodopayments 2.52.0, resources/payments.ts, `payment_method` */
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

/** @returns null if Dodo names neither a card nor a listed method */
export function paymentMethodOf(words: {
  readonly lastFour: string | null;
  readonly network: string | null;
  readonly type: string | null;
  readonly method: string | null;
}): PaymentMethodSummary | null {
  const { lastFour, network, type, method } = words;
  if (lastFour !== null && /^\d{4}$/.test(lastFour)) {
    return { kind: "card", brand: nameIn(CARD_BRANDS, network), lastFour };
  }
  const name = nameIn(METHODS, type) ?? nameIn(METHODS, method);
  return name === null ? null : { kind: "other", name };
}

function nameIn(table: Readonly<Record<string, string>>, word: string | null): string | null {
  const key = (word ?? "")
    .trim()
    .toLowerCase()
    .replaceAll(/[\s-]+/g, "_");
  return Object.hasOwn(table, key) ? (table[key] ?? null) : null;
}
