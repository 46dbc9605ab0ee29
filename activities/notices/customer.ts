import type { Customer } from "../../dodo/port.ts";
import type { Instant } from "../../domain/values/time.ts";
import type { Brand } from "../../platform/customer/brand.ts";
import { type Recipient, recipientOf } from "../../platform/customer/recipient.ts";

/** The customer's language, formats and time zone. */
export function recipientOfCustomer(customer: Customer, brand: Brand, now: Instant): Recipient {
  const { languages, country, timeZone } = customer;
  return recipientOf({ languages, country, timeZone }, brand, now);
}

/** Letters and marks of any script, spaces, and the signs of names: no digit, and no other dot or apostrophe. */
const NAME = /^[\p{L}\p{M} .'’-]{1,40}$/u;

/** Text that a mail client would turn into a link. */
const LINK = /www\.|[^\s.]{2,}\.[^\s.]{2,}/iu;

/** Invisible; Indic and Arabic scripts need them inside of words. */
const JOINERS = /(?<=[\p{L}\p{M}])[\u200c\u200d](?=[\p{L}\p{M}])/gu;

/**
 * The name for the greeting. Anybody may have typed it, and the mail carries the merchant's name: `Refund of $499: call …` in a
 * genuine mail is a known fraud.
 * @returns null for anything that does not look like a name
 */
export function customerNameOf(name: string | null): string | null {
  const text = (name ?? "").replaceAll(/\s+/g, " ").trim();
  const shape = text.replaceAll(JOINERS, "");
  return NAME.test(shape) && /\p{L}/u.test(shape) && !LINK.test(shape) ? text : null;
}
