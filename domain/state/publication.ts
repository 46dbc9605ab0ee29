import type { RecoveryId, SubscriptionId } from "../values/ids.ts";
import type { CurrencyCode } from "../values/money.ts";
import type { Instant } from "../values/time.ts";
import type { AttentionCause } from "./attention.ts";
import type { Actor, Outcome, RecoveryState } from "./outcome.ts";
// What the merchant's own systems are told. @source contract, "Outgoing webhooks"

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
] as const;

export type PublicationType = (typeof PUBLICATION_TYPES)[number];

/** One thing that happened to a debt. Plain JSON, and nothing personal. */
export type Publication = {
  /** The same for as long as it takes to deliver it; other publications have others. */
  readonly id: string;
  readonly type: PublicationType;
  readonly at: Instant;
  readonly recoveryId: RecoveryId;
  readonly subscriptionId: SubscriptionId;
  readonly customerId: string | null;
  /** The debt's first failed payment; null where it is not known yet what is owed. */
  readonly debtId: string | null;
  /** Of the recovery, after what happened. */
  readonly state: RecoveryState;
  readonly outcome: Outcome | null;
  readonly by: Actor | null;
  readonly amountMinor: number | null;
  readonly currency: CurrencyCode | null;
  readonly declineCode: string | null;
  readonly declineClass: "soft" | "hard" | null;
  readonly attempts: number;
  readonly nextAttemptAt: Instant | null;
  /** Of `recovery.needs_attention`. */
  readonly cause: AttentionCause | null;
};
