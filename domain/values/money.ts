import { assert } from "./assert.ts";

/** ISO 4217, upper case. */
export type CurrencyCode = string;

/** An amount in the currency's smallest unit: cents for USD, yen for JPY, thousandths of a dinar for KWD. */
export type Money = { readonly amountMinor: number; readonly currency: CurrencyCode };

/** @throws for an amount that is not a whole number */
export function money(amountMinor: number, currency: CurrencyCode): Money {
  assert(Number.isSafeInteger(amountMinor), `an amount must be a whole number, not ${amountMinor}`);
  return { amountMinor, currency };
}

// ISO 4217, list one: the currencies whose minor unit does not have two digits.
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

/** The number of decimal digits of the currency's smallest unit; 2 for an unknown currency. @source ISO 4217 */
export function currencyExponent(currency: CurrencyCode): number {
  return EXPONENTS[currency] ?? 2;
}

/** `USD 29.00`, for operators and reasons. Customers see amounts formatted in their own language. */
export function describeMoney({ amountMinor, currency }: Money): string {
  const exponent = currencyExponent(currency);
  if (exponent === 0) return `${currency} ${amountMinor}`;
  const digits = String(Math.abs(amountMinor)).padStart(exponent + 1, "0");
  const sign = amountMinor < 0 ? "-" : "";
  return `${currency} ${sign}${digits.slice(0, -exponent)}.${digits.slice(-exponent)}`;
}
