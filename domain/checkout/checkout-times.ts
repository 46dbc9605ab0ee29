import { CHECKOUT_AGE_MAX_MS } from "../sweep/sweep.ts";
import { DAY_MS, HOUR_MS, type Instant } from "../values/time.ts";

/** The customer may still be on the page until then. @source docs/RECOVERY.md, "One-time payments" */
export const FIRST_NOTICE_MS = HOUR_MS;
/** Within the first day. */
export const REMINDER_MS = 20 * HOUR_MS;
/** Between the notice and its reminder, at least. */
const REMINDER_GAP_MS = 8 * HOUR_MS;
/** From the last notice to the read that ends the checkout. */
const FINAL_READ_MS = DAY_MS;
/** From one read of a payment under way to the next. */
const OPEN_PAYMENT_MS = HOUR_MS;
/** After its first day the payment is a bank debit, which a webhook or one of these reads finds returned within a day. */
const BANK_DEBIT_MS = 12 * HOUR_MS;

/** The times of a checkout that its notices depend on. */
export type CheckoutTimes = {
  /** When the payment was created; null until it was read. */
  readonly createdAt: Instant | null;
  /** When it was declined, which for a bank debit is days later; null or absent where it was not. */
  readonly failedAt?: Instant | null;
  /** When notices were sent, or recorded in shadow mode. */
  readonly noticedAt: readonly Instant[];
};
type Known = CheckoutTimes & { readonly createdAt: Instant };

/**
 * From when on the age of a checkout counts: from its decline, because a bank debit is declined days after it was made;
 * otherwise from the payment's creation.
 * @source docs/dodo/payments.md, "Slow payment methods"
 */
export function countsFrom({ createdAt, failedAt = null }: Known): Instant {
  return Math.max(createdAt, failedAt ?? createdAt);
}

/** Null where no notice is left. */
export function nextNoticeAt(checkout: CheckoutTimes): Instant | null {
  const { createdAt, noticedAt } = checkout;
  if (createdAt === null) return null;
  const since = countsFrom({ ...checkout, createdAt });
  const [first, ...others] = noticedAt;
  if (first === undefined) return since + FIRST_NOTICE_MS;
  const reminder = since + REMINDER_MS;
  return others.length === 0 && reminder >= first + REMINDER_GAP_MS ? reminder : null;
}

/** Null before the first notice. */
export function finalReadAt({ noticedAt }: Pick<CheckoutTimes, "noticedAt">): Instant | null {
  const last = noticedAt.at(-1);
  return last === undefined ? null : last + FINAL_READ_MS;
}

/** When a payment that is under way is read again. */
export function nextOpenReadAt(checkout: Known, now: Instant): Instant {
  const isBankDebit = now >= checkout.createdAt + CHECKOUT_AGE_MAX_MS;
  const gapMs = isBankDebit ? BANK_DEBIT_MS : OPEN_PAYMENT_MS;
  return Math.max(nextNoticeAt(checkout) ?? 0, now + gapMs);
}
