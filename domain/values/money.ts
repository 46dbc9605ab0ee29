import { assert } from "./assert.ts";

/** ISO 4217, upper case. */
export type CurrencyCode = string;

/** An amount in the currency's minor unit: cents for USD, yen for JPY, thousandths of a dinar for KWD. */
export type Money = { readonly amountMinor: number; readonly currency: CurrencyCode };

/** @throws for an amount that is not a safe integer */
export function money(amountMinor: number, currency: CurrencyCode): Money {
  assert(Number.isSafeInteger(amountMinor), `an amount must be a whole number, not ${amountMinor}`);
  return { amountMinor, currency };
}

// ISO 4217 List One: the currencies whose amounts do not have two decimal places.
const EXPONENTS: Readonly<Record<string, number>> = {
  ...Object.fromEntries(
    "BIF,CLP,DJF,GNF,ISK,JPY,KMF,KRW,PYG,RWF,UGX,UYI,VND,VUV,XAF,XOF,XPF"
      .split(",")
      .map((code) => [code, 0]),
  ),
  ...Object.fromEntries("BHD,IQD,JOD,KWD,LYD,OMR,TND".split(",").map((code) => [code, 3])),
  CLF: 4,
  UYW: 4,
};

/** The number of decimal places of an amount; 2 for an unknown currency. @source ISO 4217 */
export function currencyExponent(currency: CurrencyCode): number {
  return EXPONENTS[currency] ?? 2;
}

/** As `describeMoney`; null is an unknown amount, which is not zero. */
export function describeAmount(amountMinor: number | null, currency: CurrencyCode): string {
  return amountMinor === null ? "an unknown amount" : describeMoney(money(amountMinor, currency));
}

/** `USD 29.00`, for the operator and the timeline. Customers see amounts formatted in their own language. */
export function describeMoney({ amountMinor, currency }: Money): string {
  const exponent = currencyExponent(currency);
  if (exponent === 0) return `${currency} ${amountMinor}`;
  const digits = String(Math.abs(amountMinor)).padStart(exponent + 1, "0");
  const sign = amountMinor < 0 ? "-" : "";
  return `${currency} ${sign}${digits.slice(0, -exponent)}.${digits.slice(-exponent)}`;
}
