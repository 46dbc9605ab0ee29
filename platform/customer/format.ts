import { currencyExponent, type Money } from "../../domain/values/money.ts";
import type { Instant } from "../../domain/values/time.ts";
import { memoize } from "../memoize.ts";
import type { Recipient } from "./recipient.ts";

const numberFormat = memoize<Intl.NumberFormat>();
const dateFormat = memoize<Intl.DateTimeFormat>();

/** Memoized, because creating an Intl format is slow. */
function dates(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${locale} ${JSON.stringify(options)}`;
  return dateFormat(key, () => new Intl.DateTimeFormat(locale, options));
}

/** Money in the reader's locale, with all digits of the currency and never rounded. */
export function formatMoney({ amountMinor, currency }: Money, reader: Recipient): string {
  const digits = currencyExponent(currency);
  const amount = amountMinor / 10 ** digits;
  try {
    const make = (): Intl.NumberFormat =>
      new Intl.NumberFormat(reader.locale, {
        style: "currency",
        currency,
        // The digits of ISO 4217: Intl leaves some out by convention.
        minimumFractionDigits: digits,
        maximumFractionDigits: digits,
      });
    const parts = numberFormat(`${reader.locale} ${currency}`, make).formatToParts(amount);
    return parts.map((part) => inOnePiece(part, reader)).join("");
  } catch {
    // Not a currency code: the letters that Dodo sent, before the number.
    return `${currency.replaceAll(/[^A-Z]/g, "")} ${amount.toFixed(digits)}`.trim();
  }
}

/** In right-to-left text, a left-to-right mark keeps the sign of `US$` with its letters. @source UAX #9 */
function inOnePiece(
  { type, value }: Intl.NumberFormatPart,
  { direction }: Pick<Recipient, "direction">,
): string {
  return type === "currency" && direction === "rtl" && /^[A-Z]/.test(value)
    ? `${value}\u200e`
    : value;
}

/** A day without its year, which is unambiguous within a recovery's weeks. */
export function formatDay(instant: Instant, { locale, timeZone }: Recipient): string {
  const format = dates(locale, { day: "numeric", month: "long", timeZone });
  return withFirst(format.format(instant), locale);
}

/** French writes the first day of a month as an ordinal (`1er`), which Intl does not. */
function withFirst(text: string, locale: string): string {
  return /^fr\b/.test(locale) ? text.replace(/\b1 (?=\p{L})/u, "1er ") : text;
}

/** Weekday, day, time and the time zone's name. */
export function formatMoment(instant: Instant, { locale, timeZone }: Recipient): string {
  const format = dates(locale, {
    weekday: "long",
    day: "numeric",
    month: "long",
    hour: "numeric",
    minute: "2-digit",
    timeZone,
    timeZoneName: "short",
  });
  return withFirst(format.format(instant), locale);
}

/** Calendar days in the reader's time zone from one instant to a later one; 0 if it is not later. */
export function daysBetween(from: Instant, to: Instant, { timeZone }: Recipient): number {
  const day = (instant: Instant): number => {
    const text = dates("sv", { timeZone, dateStyle: "short" }).format(instant);
    return Date.parse(`${text}T00:00:00Z`) / 86_400_000;
  };
  return Math.max(0, Math.round(day(to) - day(from)));
}
