import type { Payment, Subscription } from "../domain/state/payment.ts";
import {
  type AttemptKey,
  parseAttemptKey,
  parsePaymentId,
  parseSubscriptionId,
} from "../domain/values/ids.ts";
import { type Instant, parseInstant } from "../domain/values/time.ts";
import { paymentStatus, subscriptionStatus } from "./statuses.ts";

/**
 * Dodo's objects, as webhooks and reads carry them, into ours. Only the fields we use are looked at, and only
 * an identity is required: Dodo adds fields, statuses and types without notice, and a strict schema has lost
 * merchants their webhooks before.
 * @source dodo.md 4.2; dodopayments/dodo-adapters#128
 */
type Fields = Readonly<Record<string, unknown>>;

export function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Fields)
    : {};
}

export function textOf(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

/** Amounts and counters; JSON may write a whole number as `9120.0`. */
function wholeOf(value: unknown): number {
  return typeof value === "number" && Number.isSafeInteger(value) ? value : 0;
}

function attemptKeyOf(metadata: unknown): AttemptKey | null {
  const key = fieldsOf(metadata)["recovery_attempt"];
  return parseAttemptKey(key) === null ? null : (key as AttemptKey);
}

/** Dodo takes text, numbers and true or false for a value; `7` and `"7"` name the same invoice. */
function debtKeyOf(metadata: unknown, name: string | null): string | null {
  if (name === null) return null;
  const value = fieldsOf(metadata)[name];
  const isPlain = typeof value === "number" || typeof value === "boolean";
  return isPlain ? String(value) : textOf(value);
}

/**
 * @param fallbackAt stands for `created_at` where Dodo gave none
 * @param debtKeyName the policy's `debt_key`, where it has one
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
  const subscriptionIds = subscriptionIdsOf(fields);
  return {
    paymentId,
    subscriptionIds,
    ...paymentStatus(textOf(fields["status"])),
    createdAt: parseInstant(fields["created_at"]) ?? fallbackAt,
    totalMinor: wholeOf(fields["total_amount"]),
    taxMinor: wholeOf(fields["tax"]),
    currency: (textOf(fields["currency"]) ?? "").toUpperCase(),
    declineCode: textOf(fields["error_code"]),
    retryAttempt: wholeOf(fields["retry_attempt"]),
    isMethodUpdate: fields["is_update_payment_method"] === true,
    isMultiSubscription: fields["is_multi_subscription"] === true || subscriptionIds.length > 1,
    methodId: textOf(fields["payment_method_id"]),
    attemptKey: attemptKeyOf(fields["metadata"]),
    debtKey: debtKeyOf(fields["metadata"], debtKeyName),
  };
}

/** Routed by `subscription_ids`: `subscription_id` is null for a payment of several. @source dodo.md 4.2 */
function subscriptionIdsOf(fields: Fields): string[] {
  const many = Array.isArray(fields["subscription_ids"]) ? fields["subscription_ids"] : [];
  const ids = [...many, fields["subscription_id"]].filter((id) => parseSubscriptionId(id) !== null);
  return [...new Set(ids as string[])];
}

/** @returns null without a subscription id; `fallbackAt`, `debtKeyName`: as of a payment */
export function subscriptionOf(
  raw: unknown,
  fallbackAt: Instant,
  debtKeyName: string | null = null,
): Subscription | null {
  const fields = fieldsOf(raw);
  const subscriptionId = parseSubscriptionId(fields["subscription_id"]);
  if (subscriptionId === null) return null;
  return {
    subscriptionId,
    ...subscriptionStatus(textOf(fields["status"])),
    onDemand: fields["on_demand"] === true,
    createdAt: parseInstant(fields["created_at"]) ?? fallbackAt,
    currency: (textOf(fields["currency"]) ?? "").toUpperCase(),
    taxInclusive: fields["tax_inclusive"] === true,
    customerId: textOf(fieldsOf(fields["customer"])["customer_id"]) ?? "",
    methodId: textOf(fields["payment_method_id"]),
    pausedAt: parseInstant(fields["paused_at"]),
    cancelAtNextBillingDate: fields["cancel_at_next_billing_date"] === true,
    debtKey: debtKeyOf(fields["metadata"], debtKeyName),
    optedOut: fieldsOf(fields["metadata"])["reprise"] === "off",
  };
}
