import type { PaymentId } from "../values/ids.ts";
import type { Instant } from "../values/time.ts";
import type { Alert, Attention } from "./alert.ts";
import type { Attempt, ChargeInFlight, PlannedAttempt } from "./attempt.ts";
import type { Closing, Debt, Settlement } from "./debt.ts";

/** Reading Dodo to find out whether anything is owed. */
export type Opening = {
  readonly since: Instant;
  readonly reads: number;
  /** When to read again; null while a read is under way. */
  readonly nextAt: Instant | null;
  /** Payments named by webhooks (bounded): lists lag, so these are read by id. */
  readonly reportedPayments: readonly PaymentId[];
  /** Failed payments that may or may not be owed: a person decides. */
  readonly candidates: readonly PaymentId[];
  /** A person said that each candidate is a debt of its own. */
  readonly areSeparate: boolean;
};

/** Reads of Dodo, repeated until the outcome is known. */
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

/** Dodo's own retries own this debt: Reprise follows it, and neither charges nor writes. */
export type Observing = {
  readonly since: Instant;
  readonly reads: number;
  readonly nextReadAt: Instant;
  /** The operator was asked, once, why Dodo shows no activity. */
  readonly operatorAsked: boolean;
};

/** The customer has to act. The `hard` notices count from `since`. */
export type CustomerAction = {
  readonly since: Instant;
  /** Number of the attempt that led to it. */
  readonly afterAttempt: number;
  readonly reason:
    | "decline"
    | "repeated_code"
    | "schedule_spent"
    | "refused"
    | "not_chargeable"
    | "cancellation_scheduled";
};

/** A payment page at Dodo. While it can be used, no attempt starts. */
export type PaymentLink = {
  /** `in_use`: the customer has started to pay on it. */
  readonly phase: "creating" | "open" | "in_use";
  readonly createdAt: Instant;
  readonly url: string | null;
  readonly paymentId: PaymentId | null;
  readonly expiresAt: Instant | null;
  /** Commands waiting for the link. */
  readonly waiting: readonly string[];
};

/**
 * Everything that belongs to the debt being collected, or to the opening that looks for one. When a debt ends, all of
 * it is reset to `NO_CURRENT_DEBT`: a field added here cannot be forgotten there, as the compiler compares the two.
 */
export type CurrentDebt = {
  /** Null once it is known whether anything is owed. */
  readonly opening: Opening | null;
  readonly debt: Debt | null;
  /** Charges whose end is known, oldest first. */
  readonly attempts: readonly Attempt[];
  /** When the debt left the queue; null for one that never waited. */
  readonly activatedAt: Instant | null;
  readonly charge: ChargeInFlight | null;
  readonly plan: PlannedAttempt | null;
  readonly customerAction: CustomerAction | null;
  readonly observing: Observing | null;
  /** When Dodo's own recovery was last seen to work on this debt. */
  readonly dodoActiveAt: Instant | null;
  readonly followUp: FollowUp | null;
  readonly paymentLink: PaymentLink | null;
  readonly settlement: Settlement | null;
  readonly closing: Closing | null;
  readonly windowEndsAt: Instant | null;
  /** While set, the window stands still: a person holds the recovery. */
  readonly windowStoppedAt: Instant | null;
  /** Open questions to a person, oldest first (bounded). While there is one, nothing is charged. */
  readonly attention: readonly Attention[];
  /** Keys of notices sent or under way: each is sent once. */
  readonly notices: readonly string[];
  /** Notices that a mail server accepted. */
  readonly noticesDelivered: number;
  /** The customer asked for no more reminders about this debt. */
  readonly remindersOff: boolean;
  /** Alerts sent about this debt: each is sent once (bounded). */
  readonly alertsSent: readonly Alert[];
  /** Successful payments that a person said are not for this debt (bounded). */
  readonly excludedPayments: readonly string[];
  /** Changed payment methods that were, or will be, charged once because they are new (bounded). */
  readonly triedMethods: readonly string[];
  /** The subscription was on hold or past due at some time while this debt was open. */
  readonly wasHeld: boolean;
};

export const NO_CURRENT_DEBT: CurrentDebt = {
  opening: null,
  debt: null,
  attempts: [],
  activatedAt: null,
  charge: null,
  plan: null,
  customerAction: null,
  observing: null,
  dodoActiveAt: null,
  followUp: null,
  paymentLink: null,
  settlement: null,
  closing: null,
  windowEndsAt: null,
  windowStoppedAt: null,
  attention: [],
  notices: [],
  noticesDelivered: 0,
  remindersOff: false,
  alertsSent: [],
  excludedPayments: [],
  triedMethods: [],
  wasHeld: false,
};

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
