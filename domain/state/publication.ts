import { parseSubscriptionId, type RecoveryId, type SubscriptionId } from "../values/ids.ts";
import type { CurrencyCode } from "../values/money.ts";
import type { Instant } from "../values/time.ts";
import type { Advice } from "../advice/advice.ts";
import type { AttentionCause } from "./attention.ts";
import type { NoticeKind } from "./notice.ts";
import type { Actor, Outcome, RecoveryState } from "./outcome.ts";

/** The outgoing webhooks to the merchant's own systems. @source docs/WEBHOOKS.md */
export const PUBLICATION_TYPES = [
  "recovery.opened",
  "recovery.attempt_failed",
  "recovery.action_required",
  "recovery.needs_attention",
  "recovery.recovered",
  "recovery.collected",
  "recovery.exhausted",
  "recovery.cancelled",
  "recovery.written_off",
  "recovery.nothing_owed",
  "recovery.advice",
] as const;

export type PublicationType = (typeof PUBLICATION_TYPES)[number];

/** `notice`: of `notify_customer` only. */
export type PublishedAdvice = Advice & { readonly notice?: NoticeKind };

/** One outgoing webhook: plain JSON, without personal data. */
export type Publication = {
  /** Unique, and the same in every delivery attempt. */
  readonly id: string;
  readonly type: PublicationType;
  readonly at: Instant;
  readonly recoveryId: RecoveryId;
  readonly subscriptionId: SubscriptionId;
  readonly customerId: string | null;
  /** The debt's id; null while it is unknown what is owed. */
  readonly debtId: string | null;
  /** The recovery's state afterwards. */
  readonly state: RecoveryState;
  readonly outcome: Outcome | null;
  readonly by: Actor | null;
  /** With tax. */
  readonly amountMinor: number | null;
  readonly currency: CurrencyCode | null;
  readonly declineCode: string | null;
  readonly declineClass: "soft" | "hard" | null;
  readonly attempts: number;
  readonly nextAttemptAt: Instant | null;
  /** The debt had ended as `exhausted` before. Absent: it had not. */
  readonly late?: true;
  /** `recovery.needs_attention` only. */
  readonly cause: AttentionCause | null;
  /** `recovery.advice` only. */
  readonly advice?: PublishedAdvice;
};

/** One try of a delivery. */
export type DeliveryAttempt = {
  readonly at: Instant;
  /** The receiver's HTTP status; null where no answer came. */
  readonly status: number | null;
};

/** The subscription in a publication's id, `<recovery id>-<opened at>-<number>`; null for any other text. */
export function subscriptionOfPublication(id: string): SubscriptionId | null {
  return parseSubscriptionId(/^recovery-(.+)-\d{1,15}-\d{1,9}$/.exec(id)?.[1]);
}
