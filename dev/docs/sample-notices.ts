import type { LaidOut } from "../../activities/mail/layout.ts";
import { composeCheckoutNotice } from "../../activities/notices/checkout-notice.ts";
import { composeNotice } from "../../activities/notices/compose.ts";
import type { NoticeFacts } from "../../activities/notices/notice-facts.ts";
import { CHECKOUT_NOTICES, type CheckoutNotice } from "../../domain/checkout/checkout.ts";
import type { NoticeKind } from "../../domain/state/notice.ts";
import { money, type Money } from "../../domain/values/money.ts";
import { DAY_MS, HOUR_MS, parseInstant } from "../../domain/values/time.ts";
import type { Brand } from "../../platform/customer/brand.ts";
import {
  daysBetween,
  formatDay,
  formatMoment,
  formatMoney,
} from "../../platform/customer/format.ts";
import { paidWithOf } from "../../platform/customer/paid-with.ts";
import { recipientOf } from "../../platform/customer/recipient.ts";

/** A sample of one email. */
export type Sample = {
  readonly name: string;
  readonly kind: NoticeKind | CheckoutNotice;
  readonly facts: Partial<Pick<NoticeFacts, "declineCode" | "step" | "cancelsAtEnd" | "hasPage">>;
};

export const SAMPLES: readonly Sample[] = [
  {
    name: "payment-failed",
    kind: "payment_failed",
    facts: { declineCode: "INSUFFICIENT_FUNDS" },
  },
  { name: "retry-ahead", kind: "retry_ahead", facts: { declineCode: "INSUFFICIENT_FUNDS" } },
  { name: "action-needed", kind: "action_needed", facts: { declineCode: "EXPIRED_CARD" } },
  { name: "action-needed-declined", kind: "action_needed", facts: {} },
  { name: "action-needed-details", kind: "action_needed", facts: { declineCode: "INCORRECT_CVC" } },
  {
    name: "authentication",
    kind: "action_needed",
    facts: { declineCode: "AUTHENTICATION_REQUIRED" },
  },
  { name: "reminder", kind: "action_needed", facts: { step: "reminder" } },
  { name: "last-chance", kind: "action_needed", facts: { step: "last" } },
  {
    name: "last-chance-cancel",
    kind: "action_needed",
    facts: { step: "last", cancelsAtEnd: true },
  },
  { name: "confirm-payment", kind: "confirm_payment", facts: { hasPage: true } },
  { name: "confirm-payment-bank", kind: "confirm_payment", facts: {} },
  { name: "confirm-payment-reminder", kind: "confirm_payment", facts: { step: "reminder" } },
  { name: "recovered", kind: "recovered", facts: {} },
  { name: "cancelled", kind: "cancelled", facts: {} },
  {
    name: "checkout-declined",
    kind: "checkout_declined",
    facts: { declineCode: "INSUFFICIENT_FUNDS" },
  },
  { name: "checkout-abandoned", kind: "checkout_abandoned", facts: {} },
  { name: "checkout-authentication", kind: "checkout_authentication", facts: {} },
];

type Customer = { readonly name: string; readonly country: string; readonly owes: Money };

/** A customer for each language, from a country where it is spoken. */
const CUSTOMERS: Readonly<Record<string, Customer>> = {
  ar: { name: "ليلى حداد", country: "AE", owes: money(10_900, "AED") },
  de: { name: "Anna Schmidt", country: "DE", owes: money(2_900, "EUR") },
  en: { name: "Ada Lovelace", country: "US", owes: money(2_900, "USD") },
  es: { name: "Lucía Fernández", country: "MX", owes: money(49_900, "MXN") },
  fr: { name: "Camille Dubois", country: "FR", owes: money(2_900, "EUR") },
  hi: { name: "प्रिया शर्मा", country: "IN", owes: money(249_900, "INR") },
  ja: { name: "佐藤 花子", country: "JP", owes: money(2_900, "JPY") },
  pt: { name: "Beatriz Souza", country: "BR", owes: money(14_990, "BRL") },
  vi: { name: "Nguyễn Thị Lan", country: "VN", owes: money(690_000, "VND") },
  zh: { name: "王小明", country: "CN", owes: money(19_900, "CNY") },
};

const NOW = parseInstant("2026-10-05T13:10:00Z") ?? 0;
const CARD = { kind: "card", brand: "Visa", lastFour: "4242" } as const;

/** Composes a sample as a customer with this language gets it. */
export function composeSample(
  { kind, facts }: Sample,
  language: string,
  brand: Brand,
  known: Partial<Pick<NoticeFacts, "customerName" | "paidWith" | "nextAttempt" | "link">> = {},
): LaidOut & { readonly direction: string } {
  const { name, country, owes } = CUSTOMERS[language] ?? {
    name: "Ada",
    country: null,
    owes: money(2_900, "USD"),
  };
  const recipient = recipientOf({ languages: [language], country, timeZone: null }, brand, NOW);
  const next = NOW + 3 * DAY_MS;
  const deadline = NOW + (facts.step === "last" ? 3 * DAY_MS + HOUR_MS : 30 * DAY_MS);
  const when = (at: number): { readonly day: string; readonly moment: string } => ({
    day: formatDay(at, recipient),
    moment: formatMoment(at, recipient),
  });
  const all: NoticeFacts = {
    recipient,
    brand,
    logoUrl: brand.logo === null ? null : dataUrlOf(brand.logo),
    customerName: name,
    productName: "Lumen Daily",
    amount: formatMoney(owes, recipient),
    paidOn: formatDay(NOW, recipient),
    paidWith: paidWithOf(CARD, recipient),
    declineCode: null,
    nextAttempt: when(next),
    deadline: when(deadline),
    daysLeft: daysBetween(NOW, deadline, recipient),
    step: "first",
    cancelsAtEnd: false,
    hasPage: false,
    link:
      kind === "recovered" || kind === "cancelled"
        ? null
        : `https://pay.example.com/pay/sample.token?lang=${language}`,
    ...facts,
    ...known,
  };
  const laidOut = isCheckout(kind) ? composeCheckoutNotice(kind, all) : composeNotice(kind, all);
  return { ...laidOut, direction: recipient.direction };
}

function isCheckout(kind: Sample["kind"]): kind is CheckoutNotice {
  return CHECKOUT_NOTICES.some((notice) => notice === kind);
}

/** The logo for a page that shows an email. In a real email it is an attachment. */
export function dataUrlOf({ content, contentType }: NonNullable<Brand["logo"]>): string {
  return `data:${contentType};base64,${content.toString("base64")}`;
}
