import type { Policy } from "../policy.ts";
import {
  type EffectId,
  type PaymentId,
  type RecoveryId,
  recoveryIdOf,
  type SubscriptionId,
} from "../values/ids.ts";
import type { Instant } from "../values/time.ts";
import { type CurrentDebt, newOpening, NO_CURRENT_DEBT } from "./current-debt.ts";
import type { EndedDebt, QueuedDebt } from "./debt.ts";
import type { EffectKind } from "./effect-kind.ts";
import type { Mode, RecoveryState } from "./outcome.ts";
import type { Subscription } from "./payment.ts";
import type { Publication } from "./publication.ts";
import type { ChargeRequest } from "./requested-charge.ts";

/** An effect that was started and whose outcome has not come back. */
export type PendingEffect = { readonly kind: EffectKind; readonly since: Instant };

/** Which recovery it is, and the rules it was opened with. */
type Identity = {
  readonly version: 1;
  readonly recoveryId: RecoveryId;
  readonly subscriptionId: SubscriptionId;
  readonly openedAt: Instant;
  readonly state: RecoveryState;
  /** Pinned at opening: editing the policy file changes no open recovery. */
  readonly policy: Policy | null;
  /** Pinned at opening: a recovery that began in shadow mode never starts to act. */
  readonly mode: Mode | null;
};

/** What is known of the subscription, whichever of its debts is current. */
type SubscriptionFacts = {
  readonly subscription: Subscription | null;
  /** When Dodo was last read. */
  readonly readAt: Instant | null;
  /** When the grace period of a `past_due` subscription ends: Dodo then holds or cancels it. */
  readonly graceEndsAt: Instant | null;
  /** Starts of its charges in the last 30 days (bounded). */
  readonly recentChargesAt: readonly Instant[];
  /** Payment methods with a `never` decline, whoever charged them (bounded). */
  readonly blockedMethods: readonly string[];
  /** Payments that failed or were abandoned, and were handled (bounded): they count again only if they succeed. */
  readonly handledPayments: readonly string[];
  /** Payments named by webhooks that only a read can attribute (bounded). */
  readonly paymentsToAttribute: readonly PaymentId[];
};

/** What waits, what has ended, and what is under way. */
type Bookkeeping = {
  /** Further debts, oldest first (bounded): one is collected at a time. */
  readonly queue: readonly QueuedDebt[];
  /** Requested charges that wait until the subscription is read (bounded). */
  readonly chargeRequests: readonly ChargeRequest[];
  readonly ended: readonly EndedDebt[];
  readonly paused: { readonly since: Instant; readonly by: string } | null;
  /** No notice before this: the customer has reached the weekly cap. */
  readonly noticesFrom: Instant | null;
  /** Publications that wait until those before them are enqueued (bounded). */
  readonly outbox: readonly Publication[];
  /** How many publications there were: each id contains its number. */
  readonly publicationCount: number;
  readonly pendingEffects: Readonly<Record<EffectId, PendingEffect>>;
  readonly effectCount: number;
  /** Something happened during a read: read once more after it. */
  readonly rereadNeeded: boolean;
};

/**
 * The state of a recovery, as plain JSON: `decide` receives it, and it survives continue-as-new. Flat, so that a
 * decision records only the fields that it changes. Readers ignore unknown fields; a change of meaning raises `version`.
 */
export type Recovery = Identity & SubscriptionFacts & CurrentDebt & Bookkeeping;

/** A recovery that knows its subscription's id, and has to read the rest. */
export function newRecovery(subscriptionId: SubscriptionId, now: Instant): Recovery {
  return {
    version: 1,
    recoveryId: recoveryIdOf(subscriptionId),
    subscriptionId,
    openedAt: now,
    state: "opening",
    policy: null,
    mode: null,
    subscription: null,
    readAt: null,
    graceEndsAt: null,
    recentChargesAt: [],
    blockedMethods: [],
    handledPayments: [],
    paymentsToAttribute: [],
    ...NO_CURRENT_DEBT,
    opening: newOpening(now),
    queue: [],
    chargeRequests: [],
    ended: [],
    paused: null,
    noticesFrom: null,
    outbox: [],
    publicationCount: 0,
    pendingEffects: {},
    effectCount: 0,
    rereadNeeded: false,
  };
}

/** A state written by an earlier version: fields added since then start empty. */
export function withDefaults(recovery: Recovery): Recovery {
  return { ...newRecovery(recovery.subscriptionId, recovery.openedAt), ...recovery };
}
