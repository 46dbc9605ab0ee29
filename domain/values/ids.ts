/**
 * Every kind of identifier, each with its own brand and one function that makes it. Ids from outside become workflow
 * ids, metadata values and path segments, so one narrow alphabet holds for all of them.
 */
declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

/** Dodo's subscription, `sub_…`. */
export type SubscriptionId = Branded<"SubscriptionId">;
/** Dodo's payment, `pay_…`. */
export type PaymentId = Branded<"PaymentId">;
/** A debt: its first failed payment (`pay_…`), or the requested charge (`charge-<sha256>`). */
export type DebtId = Branded<"DebtId">;
/** `<debt id>.<attempt number>`, which a charge carries as metadata `recovery_attempt`. */
export type AttemptKey = Branded<"AttemptKey">;
/** A requested mandate and its workflow, `mandate-<sha256 of the Idempotency-Key>`. */
export type MandateId = Branded<"MandateId">;
/** The workflow id of a recovery, `recovery-<subscription id>`. */
export type RecoveryId = Branded<"RecoveryId">;
/** One effect of a recovery, `e1`, `e2`, …. Its outcome comes back under this id. */
export type EffectId = Branded<"EffectId">;

// With 180 characters and a prefix, a workflow id stays below the 255 characters of SQL visibility.
export const ID_PATTERN = /^[A-Za-z0-9][A-Za-z0-9_-]{0,179}$/;

/** @returns null for anything that is not a plain identifier */
export function parseSubscriptionId(text: unknown): SubscriptionId | null {
  return typeof text === "string" && ID_PATTERN.test(text) ? (text as SubscriptionId) : null;
}

/** @returns null for anything that is not a plain identifier */
export function parsePaymentId(text: unknown): PaymentId | null {
  return typeof text === "string" && ID_PATTERN.test(text) ? (text as PaymentId) : null;
}

/** A debt's id is that of its first failed payment. */
export function debtIdOf(paymentId: PaymentId): DebtId {
  return paymentId as string as DebtId;
}

/** The id of a requested charge is also its debt's. @returns null for anything but `charge-<sha256>` */
export function parseChargeId(text: unknown): DebtId | null {
  return typeof text === "string" && /^charge-[0-9a-f]{64}$/.test(text) ? (text as DebtId) : null;
}

/** @returns null for anything but `mandate-<sha256>` */
export function parseMandateId(text: unknown): MandateId | null {
  return typeof text === "string" && /^mandate-[0-9a-f]{64}$/.test(text)
    ? (text as MandateId)
    : null;
}

export function recoveryIdOf(subscriptionId: SubscriptionId): RecoveryId {
  return `recovery-${subscriptionId}` as RecoveryId;
}

/** @param number 1-based number of the attempt within its debt */
export function attemptKeyOf(debtId: DebtId, number: number): AttemptKey {
  return `${debtId}.${number}` as AttemptKey;
}

/** @returns the parts of an attempt key, or null for anything else */
export function parseAttemptKey(
  text: unknown,
): { readonly debtId: DebtId; readonly number: number } | null {
  if (typeof text !== "string") return null;
  const match = /^([A-Za-z0-9][A-Za-z0-9_-]{0,179})\.([1-9][0-9]{0,3})$/.exec(text);
  const [, debtId, number] = match ?? [];
  if (debtId === undefined || number === undefined) return null;
  return { debtId: debtId as DebtId, number: Number(number) };
}

export function effectIdOf(sequence: number): EffectId {
  return `e${sequence}` as EffectId;
}
