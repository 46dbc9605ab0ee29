import { describeAmount } from "../../domain/values/money.ts";
import { describeInstant, parseInstant } from "../../domain/values/time.ts";

/** An instant of the API, for a person. */
export function instantText(text: string): string {
  const instant = parseInstant(text);
  return instant === null ? text : describeInstant(instant);
}

/** An amount of the API, for a person; null where amount or currency is unknown. */
export function amountText(amountMinor: number | null, currency: string | null): string | null {
  const isKnown = amountMinor !== null && currency !== null && Number.isSafeInteger(amountMinor);
  return isKnown ? describeAmount(amountMinor, currency) : null;
}

/** `needs attention`. */
export const words = (name: string): string => name.replaceAll("_", " ");
