import { currencyExponent, type Money } from "../../domain/values/money.ts";
import type { Instant } from "../../domain/values/time.ts";
import { memoize } from "../memoize.ts";
import type { Recipient } from "./recipient.ts";

const numberFormat = memoize<Intl.NumberFormat>();
const dateFormat = memoize<Intl.DateTimeFormat>();

/** Intl's formats are costly to make. */
function dates(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${locale} ${JSON.stringify(options)}`;
  return dateFormat(key, () => new Intl.DateTimeFormat(locale, options));
}

/** Money as the reader writes it, to the currency's last digit and never rounded. */
export function formatMoney({ amountMinor, currency }: Money, reader: Recipient): string {
  const digits = currencyExponent(currency);
  const amount = amountMinor / 10 ** digits;
  try {
    const make = (): Intl.NumberFormat =>
      new Intl.NumberFormat(reader.locale, {
        style: "currency",
        currency,
        // ISO 4217 as our table has it: Intl counts some currencies by habit.
        minimumFractionDigits: digits,
        maximumFractionDigits: digits,
      });
    const parts = numberFormat(`${reader.locale} ${currency}`, make).formatToParts(amount);
    return parts.map((part) => inOnePiece(part, reader)).join("");
  } catch {
    // Not a code at all: what Dodo wrote, before the number.
    return `${currency.replaceAll(/[^A-Z]/g, "")} ${amount.toFixed(digits)}`.trim();
  }
}

/** Among letters that run from right to left, the sign of `US$` would go to the other side of its letters. @source UAX #9 */
function inOnePiece(
  { type, value }: Intl.NumberFormatPart,
  { direction }: Pick<Recipient, "direction">,
): string {
  return type === "currency" && direction === "rtl" && /^[A-Z]/.test(value)
    ? `${value}\u200e`
    : value;
}

/** A day without its year: within a recovery's weeks there is no other. */
export function formatDay(instant: Instant, { locale, timeZone }: Recipient): string {
  const format = dates(locale, { day: "numeric", month: "long", timeZone });
  return withFirst(format.format(instant), locale);
}

/** French counts a month's first day by its rank: the one date that Intl writes otherwise than people. */
function withFirst(text: string, locale: string): string {
  return /^fr\b/.test(locale) ? text.replace(/\b1 (?=\p{L})/u, "1er ") : text;
}

/** Weekday, day, time and the zone's name. */
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

/** Days of the reader's calendar from one instant to a later one. */
export function daysBetween(from: Instant, to: Instant, { timeZone }: Recipient): number {
  const day = (instant: Instant): number => {
    const text = dates("sv", { timeZone, dateStyle: "short" }).format(instant);
    return Date.parse(`${text}T00:00:00Z`) / 86_400_000;
  };
  return Math.max(0, Math.round(day(to) - day(from)));
}
