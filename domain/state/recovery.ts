import type { Policy } from "../policy.ts";
import {
  type DebtId,
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
import type { ShownFacts } from "./notice.ts";
import type { Mode, RecoveryState } from "./outcome.ts";
import type { Subscription, SubscriptionAccess, WaitsFor } from "./payment.ts";
import type { Publication } from "./publication.ts";
import type { ChargeRequest } from "./requested-charge.ts";

/** An effect that has started and whose outcome has not come back. */
export type PendingEffect = {
  readonly kind: EffectKind;
  readonly since: Instant;
  /** Of a notice; absent where an earlier version started it. */
  readonly key?: string;
};

/** The recovery's identity, and the policy and mode it was opened with. */
type Identity = {
  readonly version: 1;
  readonly recoveryId: RecoveryId;
  readonly subscriptionId: SubscriptionId;
  readonly openedAt: Instant;
  readonly state: RecoveryState;
  /** Pinned at opening: editing the policy file changes no open recovery. */
  readonly policy: Policy | null;
  /** Pinned at opening: a recovery that opened in shadow mode stays in shadow mode. */
  readonly mode: Mode | null;
};

/** Facts about the subscription that outlast the current debt. */
type SubscriptionFacts = {
  readonly subscription: Subscription | null;
  /** When Dodo was last read. */
  readonly readAt: Instant | null;
  /** End of the grace period of a `past_due` subscription. Dodo then holds or cancels it. */
  readonly graceEndsAt: Instant | null;
  /** When its recent charges started, those made elsewhere included (bounded). */
  readonly recentChargesAt: readonly Instant[];
  /** Payment methods with a `never` decline, no matter who charged them (bounded). */
  readonly blockedMethods: readonly string[];
  /** Failed or abandoned payments that were handled (bounded). They count again only if they succeed. */
  readonly handledPayments: readonly string[];
  /** A payment of the subscription carried tax, by any read: the policy's `unknown_tax: none` then applies no more. */
  readonly hasCarriedTax: boolean;
  /** Payments that webhooks named and only a read can attribute (bounded). */
  readonly paymentsToAttribute: readonly PaymentId[];
  /** Payments for other subscriptions that the operator said do not replace this one (bounded). */
  readonly separatePurchases: readonly string[];
};

/**
 * A payment that waits for a person and, as an operator confirmed, is dead; or that waited while its debt ended. While it
 * waits as it did then, it blocks nothing. It may still succeed, so it is read until `until`.
 */
export type ReleasedPayment = {
  readonly paymentId: PaymentId;
  readonly debtId: DebtId;
  readonly waitsFor: WaitsFor;
  readonly hasPage: boolean;
  /** The operator's name; `reprise` where nobody was asked. */
  readonly by: string;
  readonly at: Instant;
  /** The end of its debt's window. */
  readonly until: Instant;
  readonly reads: number;
  readonly nextReadAt: Instant;
  /** Dodo refused a charge because of it: no other is sent until it ends. */
  readonly isRefused: boolean;
};

/** What is queued, what has ended, and what is pending. */
type Bookkeeping = {
  /** Further debts, oldest first (bounded). One debt is collected at a time. */
  readonly queue: readonly QueuedDebt[];
  /** Requested charges that wait for a read of the subscription (bounded). */
  readonly chargeRequests: readonly ChargeRequest[];
  readonly ended: readonly EndedDebt[];
  /** Debts that earlier runs ended as `exhausted`, newest first (bounded). Their customers can still pay. */
  readonly exhaustedDebts: readonly EndedDebt[];
  /** Payments that block nothing although they are open. Each is followed, also after its debt's end (bounded). */
  readonly releasedPayments: readonly ReleasedPayment[];
  readonly paused: { readonly since: Instant; readonly by: string } | null;
  /** The customer has reached the weekly cap: no notice before this. */
  readonly noticesFrom: Instant | null;
  /** What the latest notice showed the customer; absent before the first. */
  readonly shown?: ShownFacts;
  /** Publications that wait until the ones before them are enqueued (bounded). */
  readonly outbox: readonly Publication[];
  /** Number of publications so far; each id contains its number. */
  readonly publicationCount: number;
  readonly pendingEffects: Readonly<Record<EffectId, PendingEffect>>;
  readonly effectCount: number;
  /** Something happened during the pending read: read Dodo again after it. */
  readonly rereadNeeded: boolean;
  /** The access that a webhook named after that read had begun, if nothing else calls for another one; else null. */
  readonly hintedAccess: SubscriptionAccess | null;
};

/**
 * The state of a recovery, as plain JSON. `decide` receives it, and continue-as-new carries it over. It is flat, so
 * that a decision records only the fields that it changes. Readers ignore unknown fields; a change of meaning raises
 * `version`.
 */
export type Recovery = Identity & SubscriptionFacts & CurrentDebt & Bookkeeping;

/** A new recovery: it knows the subscription's id and has to read the rest. */
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
    hasCarriedTax: false,
    paymentsToAttribute: [],
    separatePurchases: [],
    ...NO_CURRENT_DEBT,
    opening: newOpening(now),
    queue: [],
    chargeRequests: [],
    ended: [],
    exhaustedDebts: [],
    releasedPayments: [],
    paused: null,
    noticesFrom: null,
    outbox: [],
    publicationCount: 0,
    pendingEffects: {},
    effectCount: 0,
    rereadNeeded: false,
    hintedAccess: null,
  };
}

/** A state of an earlier version, with the fields added since then set to their initial values. */
export function withDefaults(recovery: Recovery): Recovery {
  return { ...newRecovery(recovery.subscriptionId, recovery.openedAt), ...recovery };
}
