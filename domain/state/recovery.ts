import type { Policy } from "../policy.ts";
import {
  type EffectId,
  type PaymentId,
  type RecoveryId,
  recoveryIdOf,
  type SubscriptionId,
} from "../values/ids.ts";
import type { Instant } from "../values/time.ts";
import type { Alert, Attention } from "./alert.ts";
import type { Attempt, ChargeInFlight, PlannedAttempt } from "./attempt.ts";
import type { Closing, Debt, EndedDebt, QueuedDebt, Settlement } from "./debt.ts";
import type { EffectKind } from "./effect.ts";
import type { Mode, RecoveryState } from "./outcome.ts";
import type { Subscription } from "./payment.ts";
import type { Publication } from "./publication.ts";
import type { ChargeRequest } from "./requested-charge.ts";

/** Looking whether anything is owed. */
export type Opening = {
  readonly since: Instant;
  readonly reads: number;
  /** When to look again; null while a read is under way. */
  readonly nextAt: Instant | null;
  /** Payments that webhooks named: read by name, as lists lag (bounded). */
  readonly reportedPayments: readonly PaymentId[];
  /** Failed payments of which it is unclear whether they are owed. */
  readonly candidates: readonly PaymentId[];
  /** A person said that each of them is a debt of its own. */
  readonly areSeparate: boolean;
};

/** Reads of Dodo that are due until something is known. */
export type FollowUp = {
  readonly reason:
    | "charge"
    | "fence"
    | "open_payment"
    | "pending_payment"
    | "abandoned_page"
    | "payment_link"
    | "reactivation"
    | "evidence";
  readonly since: Instant;
  readonly reads: number;
  readonly nextAt: Instant;
};

/** Dodo's own retries own this debt: it is followed, and nothing is charged or sent. */
export type Observing = {
  readonly since: Instant;
  readonly reads: number;
  readonly nextReadAt: Instant;
  /** A person was asked about the missing signs: once. */
  readonly operatorAsked: boolean;
};

/** Why the customer is being asked, and since when: the `hard` notices count from here. */
export type CustomerAction = {
  readonly since: Instant;
  /** The attempt after which the asking began. */
  readonly afterAttempt: number;
  readonly reason:
    | "decline"
    | "repeated_code"
    | "schedule_spent"
    | "refused"
    | "not_chargeable"
    | "cancellation_scheduled";
};

/** A hosted page at Dodo. While it can be used, no attempt starts. */
export type PaymentLink = {
  /** `in_use`: the customer has begun to pay on it. */
  readonly phase: "creating" | "open" | "in_use";
  readonly createdAt: Instant;
  readonly url: string | null;
  readonly paymentId: PaymentId | null;
  readonly expiresAt: Instant | null;
  /** Commands that wait for it. */
  readonly waiting: readonly string[];
};

/** An effect that was started and whose outcome has not come back. */
export type PendingEffect = { readonly kind: EffectKind; readonly since: Instant };

/**
 * All that a recovery knows, as plain JSON: it survives continue-as-new and is what `decide` is given.
 * Readers tolerate unknown fields; a change of meaning raises `version`.
 */
export type Recovery = {
  readonly version: 1;
  readonly recoveryId: RecoveryId;
  readonly subscriptionId: SubscriptionId;
  readonly openedAt: Instant;
  readonly state: RecoveryState;
  readonly policy: Policy | null;
  /** Pinned like the policy: a recovery that began by watching never begins to act. */
  readonly mode: Mode | null;
  readonly subscription: Subscription | null;
  /** Looking whether anything is owed: `reads` so far. Null once that is answered. */
  readonly opening: Opening | null;
  readonly debt: Debt | null;
  /** Further debts, oldest first (bounded): one is worked at a time. */
  readonly queue: readonly QueuedDebt[];
  /** Charges asked of us that wait until the subscription is read (bounded). */
  readonly chargeRequests: readonly ChargeRequest[];
  readonly attempts: readonly Attempt[];
  /** When the debt's turn came, where it had to wait; null for one that was worked at once. */
  readonly activatedAt: Instant | null;
  readonly charge: ChargeInFlight | null;
  readonly plan: PlannedAttempt | null;
  readonly customerAction: CustomerAction | null;
  readonly observing: Observing | null;
  /** When Dodo's own recovery was last seen at work on this debt. */
  readonly dodoActiveAt: Instant | null;
  /** When the grace period of a `past_due` subscription ends: Dodo then holds or cancels it. */
  readonly graceEndsAt: Instant | null;
  readonly followUp: FollowUp | null;
  readonly paymentLink: PaymentLink | null;
  readonly settlement: Settlement | null;
  readonly closing: Closing | null;
  readonly windowEndsAt: Instant | null;
  /** While set, the window stands still: the operator holds the recovery. */
  readonly windowStoppedAt: Instant | null;
  readonly paused: { readonly since: Instant; readonly by: string } | null;
  /** Open questions to a person, oldest first (bounded). While there is one, nothing is charged. */
  readonly attention: readonly Attention[];
  /** Notices sent or under way, by key: each is sent once. */
  readonly notices: readonly string[];
  /** No notice before this: the customer has had enough. */
  readonly noticesFrom: Instant | null;
  /** The customer wants no more reminders of this debt. */
  readonly remindersOff: boolean;
  /** What the operator was told about this debt: once each. */
  readonly alertsSent: readonly Alert[];
  /** Successes that a person said are not this debt's (bounded). */
  readonly excludedPayments: readonly string[];
  /** Payments that failed or were left, and were dealt with: they count again only if they succeed (bounded). */
  readonly handledPayments: readonly string[];
  /** Payments that webhooks named and that only a read can place (bounded). */
  readonly paymentsToAttribute: readonly PaymentId[];
  /** Payment methods with a `never` decline, whoever charged them: not charged again (bounded). */
  readonly blockedMethods: readonly string[];
  /** Changed methods that were, or will be, charged once for being new (bounded). */
  readonly triedMethods: readonly string[];
  /** Notices that a mail server took. */
  readonly noticesDelivered: number;
  /** Starts of this subscription's charges in the last 30 days (bounded). */
  readonly recentChargesAt: readonly Instant[];
  /** When Dodo was last read. */
  readonly readAt: Instant | null;
  /** The subscription was on hold (or past due) at some time while this debt was open. */
  readonly wasHeld: boolean;
  readonly ended: readonly EndedDebt[];
  /** What the merchant's systems are to be told once the hand-over under way is done (bounded). */
  readonly outbox: readonly Publication[];
  /** How many publications there were: each is named by its number. */
  readonly publicationCount: number;
  readonly pendingEffects: Readonly<Record<EffectId, PendingEffect>>;
  /** Something happened while a read was under way: read once more after it. */
  readonly rereadNeeded: boolean;
  readonly effectCount: number;
};

/** A recovery of which nothing is known yet but its subscription. */
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
    opening: newOpening(now),
    debt: null,
    queue: [],
    chargeRequests: [],
    attempts: [],
    activatedAt: null,
    charge: null,
    plan: null,
    customerAction: null,
    observing: null,
    dodoActiveAt: null,
    graceEndsAt: null,
    followUp: null,
    paymentLink: null,
    settlement: null,
    closing: null,
    windowEndsAt: null,
    windowStoppedAt: null,
    paused: null,
    attention: [],
    notices: [],
    noticesFrom: null,
    remindersOff: false,
    alertsSent: [],
    excludedPayments: [],
    handledPayments: [],
    paymentsToAttribute: [],
    blockedMethods: [],
    triedMethods: [],
    noticesDelivered: 0,
    recentChargesAt: [],
    readAt: null,
    wasHeld: false,
    ended: [],
    outbox: [],
    publicationCount: 0,
    pendingEffects: {},
    rereadNeeded: false,
    effectCount: 0,
  };
}

/** A state that an earlier version wrote, with what has come since at its beginning. */
export function withDefaults(recovery: Recovery): Recovery {
  return { ...newRecovery(recovery.subscriptionId, recovery.openedAt), ...recovery };
}

export function newOpening(now: Instant): Opening {
  return {
    since: now,
    reads: 0,
    nextAt: now,
    reportedPayments: [],
    candidates: [],
    areSeparate: false,
  };
}
