import { parsePaymentId } from "../../domain/values/ids.ts";
import { money } from "../../domain/values/money.ts";
import { parseInstant } from "../../domain/values/time.ts";
import type { Brand } from "../../platform/customer/brand.ts";
import { recipientOf } from "../../platform/customer/recipient.ts";
import { LOGO_HREF, type PayPage, renderPayPage, themeOf } from "../../server/customer/pay-page.ts";
import type { DebtFacts } from "../../server/temporal/debt-facts.ts";
import { dataUrlOf } from "./sample-notices.ts";

const PAYMENT = parsePaymentId("pay_sample");

const owed = (isDeclined: boolean): PayPage => ({
  kind: "owed",
  total: money(2_900, "USD"),
  isDeclined,
});

const confirmation = (hasPage: boolean): PayPage => ({
  kind: "needs_confirmation",
  total: money(2_900, "USD"),
  hasPage,
});

/** Every version of the payment page. */
export const SAMPLE_PAGES: readonly { readonly name: string; readonly page: PayPage }[] = [
  { name: "page-owed", page: owed(false) },
  { name: "page-declined", page: owed(true) },
  { name: "page-confirm", page: confirmation(true) },
  { name: "page-confirm-bank", page: confirmation(false) },
  {
    name: "page-being-processed",
    page: { kind: "being_processed", refresh: { href: "?refresh=1", afterSeconds: 5 } },
  },
  { name: "page-paid", page: { kind: "paid" } },
  { name: "page-cancelled", page: { kind: "cancelled" } },
  { name: "page-nothing-owed", page: { kind: "nothing_owed" } },
  { name: "page-reminders", page: { kind: "reminders" } },
  { name: "page-reminders-stopped", page: { kind: "reminders_stopped" } },
  { name: "page-expired", page: { kind: "expired" } },
  { name: "page-unknown", page: { kind: "unknown" } },
  { name: "page-unavailable", page: { kind: "unavailable" } },
];

/** Of the debt on every sample page. */
const FACTS: DebtFacts = {
  total: money(2_900, "USD"),
  productName: "Lumen Daily",
  payment: {
    paymentId: PAYMENT,
    at: parseInstant("2026-10-05T13:10:00Z"),
    paidWith: { kind: "card", brand: "Visa", lastFour: "4242" },
  },
  settledBy: PAYMENT,
  payUntil: parseInstant("2026-11-04T13:10:00Z"),
  reader: null,
};

const NOW = parseInstant("2026-10-05T13:10:00Z") ?? 0;

/** Renders a version of the page as a customer with this language sees it. */
export function renderSamplePage(page: PayPage, language: string, brand: Brand): string {
  const recipient = recipientOf(
    { languages: [language], country: null, timeZone: null },
    brand,
    NOW,
  );
  const html = renderPayPage(page, FACTS, recipient, themeOf(brand, "https://pay.example.com"));
  return brand.logo === null ? html : html.replace(LOGO_HREF, dataUrlOf(brand.logo));
}
