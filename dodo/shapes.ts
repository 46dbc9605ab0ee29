import { SUBSCRIPTIONS_PER_PAYMENT_MAX } from "../domain/limits.ts";
import {
  type LineItems,
  type Payment,
  type Subscription,
  waitsFor,
} from "../domain/state/payment.ts";
import type { ListedPayment } from "../domain/sweep/late-failures.ts";
import {
  type AttemptKey,
  parseAttemptKey,
  parsePaymentId,
  parseSubscriptionId,
} from "../domain/values/ids.ts";
import type { CurrencyCode } from "../domain/values/money.ts";
import { type Instant, parseInstant } from "../domain/values/time.ts";
import { codeTextOf } from "./answer-text.ts";
import { DODO_LIMITS } from "./limits.ts";
import { paymentMethodOf } from "./payment-methods.ts";
import type { Customer, Metadata, Offer, PaymentDetails } from "./port.ts";
import { type PaymentStatus, paymentStatus, subscriptionStatus } from "./statuses.ts";

/**
 * The fields of an object in a webhook or an answer. The functions below read only the fields that Reprise uses, and require
 * only an id: Dodo adds fields, statuses and types without notice, and strict schemas have rejected valid webhooks.
 * @source docs/dodo/webhooks.md, "Payloads evolve"; dodopayments/dodo-adapters#128
 */
export type Fields = Readonly<Record<string, unknown>>;

export function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Fields)
    : {};
}

/** Longer than any id, code, name or address of Dodo's. Many of these texts are kept in histories. */
const CHARACTERS_MAX = 255;

/** @returns null for anything but a text of 1 to `max` characters */
export function textOf(value: unknown, max: number = CHARACTERS_MAX): string | null {
  return typeof value === "string" && value !== "" && value.length <= max ? value : null;
}

/** Currencies have three letters; tokens such as USDC have a few more. */
const CURRENCY_CHARACTERS_MAX = 10;

/** @returns empty where Dodo names none: an unknown currency equals no other */
function currencyOf(value: unknown): CurrencyCode {
  return (textOf(value, CURRENCY_CHARACTERS_MAX) ?? "").toUpperCase();
}

/** Amounts and counters; JSON may write a whole number as `9120.0`. @returns null for anything else: unknown is not zero */
function wholeOf(value: unknown): number | null {
  return typeof value === "number" && Number.isSafeInteger(value) ? value : null;
}

/** @returns null for anything but true or false: absent is not false */
function flagOf(value: unknown): boolean | null {
  return typeof value === "boolean" ? value : null;
}

/** The metadata keys that Reprise reads, on a subscription, a payment or a customer. */
const KEYS = {
  attempt: "recovery_attempt",
  /** `off`: the merchant opts out. */
  optOut: "reprise",
  language: "reprise_language",
  timeZone: "reprise_timezone",
} as const;

/** @param raw the object with the metadata @returns its pairs of valid types */
export function metadataOf(raw: unknown): Metadata {
  const pairs = Object.entries(fieldsOf(fieldsOf(raw)["metadata"]));
  const isPlain = (value: unknown): value is string | number | boolean =>
    ["string", "number", "boolean"].includes(typeof value);
  return Object.fromEntries(
    pairs.flatMap(([key, value]) => (isPlain(value) ? [[key, value] as const] : [])),
  );
}

function attemptKeyOf(metadata: Metadata): AttemptKey | null {
  const key = metadata[KEYS.attempt];
  return parseAttemptKey(key) === null ? null : (key as AttemptKey);
}

/** `7` and `"7"` name the same invoice. */
function debtKeyOf(metadata: Metadata, name: string | null): string | null {
  const value = name !== null && Object.hasOwn(metadata, name) ? metadata[name] : undefined;
  return value === undefined ? null : textOf(String(value), DODO_LIMITS.metadata.valueCharacters);
}

const isOptedOut = (metadata: Metadata): boolean => metadata[KEYS.optOut] === "off";

/**
 * @param fallbackAt replaces a missing `created_at`
 * @param debtKeyName the policy's `debt_key`, if it has one
 * @returns null without a payment id
 */
export function paymentOf(
  raw: unknown,
  fallbackAt: Instant,
  debtKeyName: string | null = null,
): Payment | null {
  const fields = fieldsOf(raw);
  const paymentId = parsePaymentId(fields["payment_id"]);
  if (paymentId === null) return null;
  const allSubscriptionIds = subscriptionIdsOf(fields);
  const subscriptionIds = allSubscriptionIds.slice(0, SUBSCRIPTIONS_PER_PAYMENT_MAX);
  const metadata = metadataOf(fields);
  const totalMinor = wholeOf(fields["total_amount"]);
  const status = pricedStatus(codeTextOf(fields["status"]), totalMinor);
  return {
    paymentId,
    subscriptionIds,
    ...(subscriptionIds.length < allSubscriptionIds.length ? { hasMoreSubscriptions: true } : {}),
    ...status,
    createdAt: parseInstant(fields["created_at"]) ?? fallbackAt,
    totalMinor,
    taxMinor: wholeOf(fields["tax"]),
    currency: currencyOf(fields["currency"]),
    declineCode: codeTextOf(fields["error_code"]),
    retryAttempt: wholeOf(fields["retry_attempt"]),
    isMethodUpdate: flagOf(fields["is_update_payment_method"]),
    isMultiSubscription: fields["is_multi_subscription"] === true || subscriptionIds.length > 1,
    methodId: textOf(fields["payment_method_id"]),
    attemptKey: attemptKeyOf(metadata),
    debtKey: debtKeyOf(metadata, debtKeyName),
    ...(textOf(fields["refund_status"]) === null ? {} : { isRefunded: true }),
    ...(hasPageToComplete(status, fields) ? { hasPage: true } : {}),
  };
}

/** Other payments may have a page too, which nothing leads to. */
function hasPageToComplete(status: PaymentStatus, fields: Fields): boolean {
  return waitsFor(status) === "customer" && pageUrlOf(fields["payment_link"]) !== null;
}

/** The parameters are as for `paymentOf`. */
export function listedPaymentOf(raw: unknown, fallbackAt: Instant): ListedPayment | null {
  const payment = paymentOf(raw, fallbackAt);
  const fields = fieldsOf(raw);
  const isCard = fields["card_last_four"] != null || fields["payment_method"] === "card";
  return payment === null ? null : { ...payment, isCard };
}

/** A payment whose amount is unknown proves nothing, whatever its status: it counts like one without a status. */
function pricedStatus(word: string | null, totalMinor: number | null): PaymentStatus {
  const status = paymentStatus(word);
  return totalMinor === null ? { ...status, state: paymentStatus(null).state } : status;
}

/**
 * `subscription_ids`, because `subscription_id` is null for a payment of several subscriptions.
 * @source docs/dodo/payments.md, "Which subscription"
 */
function subscriptionIdsOf(fields: Fields): string[] {
  const many = Array.isArray(fields["subscription_ids"]) ? fields["subscription_ids"] : [];
  const ids = [...many, fields["subscription_id"]].filter((id) => parseSubscriptionId(id) !== null);
  return [...new Set(ids as string[])];
}

/** The parameters are as for `paymentOf`. @returns null without a subscription id */
export function subscriptionOf(
  raw: unknown,
  fallbackAt: Instant,
  debtKeyName: string | null = null,
): Subscription | null {
  const fields = fieldsOf(raw);
  const subscriptionId = parseSubscriptionId(fields["subscription_id"]);
  if (subscriptionId === null) return null;
  const metadata = metadataOf(fields);
  return {
    subscriptionId,
    ...subscriptionStatus(codeTextOf(fields["status"])),
    onDemand: flagOf(fields["on_demand"]),
    createdAt: parseInstant(fields["created_at"]) ?? fallbackAt,
    currency: currencyOf(fields["currency"]),
    taxInclusive: flagOf(fields["tax_inclusive"]),
    customerId: textOf(fieldsOf(fields["customer"])["customer_id"]) ?? "",
    productId: textOf(fields["product_id"]),
    methodId: textOf(fields["payment_method_id"]),
    pausedAt: parseInstant(fields["paused_at"]),
    cancelAtNextBillingDate: flagOf(fields["cancel_at_next_billing_date"]),
    debtKey: debtKeyOf(metadata, debtKeyName),
    optedOut: isOptedOut(metadata),
  };
}

/** The customer of a subscription or a payment. The object's own metadata takes precedence over the customer's. */
export function customerOf(raw: unknown): Customer {
  const fields = fieldsOf(raw);
  const customer = fieldsOf(fields["customer"]);
  const metadata = [metadataOf(fields), metadataOf(customer)];
  const named = (key: string): string[] => metadata.flatMap((pairs) => textOf(pairs[key]) ?? []);
  return {
    customerId: textOf(customer["customer_id"]),
    email: textOf(customer["email"]),
    name: textOf(customer["name"]),
    country: textOf(fieldsOf(fields["billing"])["country"]),
    languages: named(KEYS.language),
    timeZone: named(KEYS.timeZone)[0] ?? null,
  };
}

/**
 * The product and the brand of a subscription or a payment. A one-time payment has a cart instead of a product.
 * @source docs/dodo/subscriptions.md, "Product and brand"
 */
export function offerOf(raw: unknown): Offer {
  const fields = fieldsOf(raw);
  const cart = Array.isArray(fields["product_cart"]) ? fields["product_cart"] : [];
  const only = cart.length === 1 ? fieldsOf(cart[0])["product_id"] : null;
  return {
    productId: textOf(fields["product_id"]) ?? textOf(only),
    brandId: textOf(fields["brand_id"]),
  };
}

/**
 * The sums of the line items of a payment.
 * @param currency the payment's; items in another currency say nothing about it
 * @returns null unless every amount is a whole number
 * @source docs/dodo/payments.md, "Line items"
 */
export function lineItemsOf(raw: unknown, currency: CurrencyCode): LineItems | null {
  const { items, currency: listed } = fieldsOf(raw);
  if (!Array.isArray(items) || currencyOf(listed) !== currency) return null;
  let sums: LineItems = { amountMinor: 0, taxMinor: 0 };
  for (const item of items.map(fieldsOf)) {
    const amountMinor = wholeOf(item["amount"]);
    const taxMinor = wholeOf(item["tax"]);
    if (amountMinor === null || taxMinor === null) return null;
    sums = { amountMinor: sums.amountMinor + amountMinor, taxMinor: sums.taxMinor + taxMinor };
  }
  return sums;
}

export function paymentDetailsOf(raw: unknown, payment: Payment): PaymentDetails {
  const fields = fieldsOf(raw);
  return {
    payment,
    customer: customerOf(fields),
    offer: offerOf(fields),
    paidWith: paymentMethodOf({
      lastFour: textOf(fields["card_last_four"]),
      network: textOf(fields["card_network"]),
      type: textOf(fields["payment_method_type"]),
      method: textOf(fields["payment_method"]),
    }),
    pageUrl: pageUrlOf(fields["payment_link"]),
    changedAt: parseInstant(fields["updated_at"]),
    optedOut: isOptedOut(metadataOf(fields)),
  };
}

/** As long as an address can be in a `Location` that every browser and proxy accepts. */
const ADDRESS_CHARACTERS_MAX = 2_000;

/** @returns null for anything but a web address, because a browser will follow it */
export function pageUrlOf(link: unknown): string | null {
  const text = textOf(link, ADDRESS_CHARACTERS_MAX);
  if (text === null || !URL.canParse(text)) return null;
  return ["https:", "http:"].includes(new URL(text).protocol) ? text : null;
}
