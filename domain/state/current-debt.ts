import type { DebtId, EffectId, PaymentId } from "../values/ids.ts";
import type { Instant } from "../values/time.ts";
import type { Alert, Attention } from "./alert.ts";
import type { Attempt, ChargeInFlight, PlannedAttempt } from "./attempt.ts";
import type { Closing, Debt, Import, Settlement } from "./debt.ts";
import type { WaitsFor } from "./payment.ts";

/** The reads of Dodo that find out whether anything is owed. */
export type Opening = {
  readonly since: Instant;
  readonly reads: number;
  /** When to read again; null while a read is under way. */
  readonly nextAt: Instant | null;
  /** Payments that webhooks named (bounded). Lists lag, so each of these is read by id. */
  readonly reportedPayments: readonly PaymentId[];
  /** Failed payments that may be owed; the operator decides. */
  readonly candidates: readonly PaymentId[];
  /** Payments of which only the line items may show the price; the next read fetches them. Absent: none. */
  readonly lineItemsOf?: readonly PaymentId[];
  /** The operator answered that each candidate is a separate debt. */
  readonly areSeparate: boolean;
  /** A customer asks to pay a debt that ended as `exhausted`. Absent: nobody does. */
  readonly latePayment?: LateRequest;
};

/** Customers who want to pay an exhausted debt, and wait for a read of Dodo. */
export type LateRequest = {
  readonly debtId: DebtId;
  /** Ids of the commands that wait for the link (bounded). */
  readonly waiting: readonly string[];
};

/** The current debt ended as `exhausted`, and its customer pays late. Nothing is charged or mailed. */
export type LatePayment = {
  /** Until then a page that was created for it may still be paid. */
  readonly followUntil: Instant;
  /** Another charge has failed meanwhile: once this debt has ended, Dodo is read for what is owed. */
  readonly isFollowedByOpening: boolean;
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
  /** `open_payment`, `abandoned_page`: the payment that blocks attempts. */
  readonly paymentId?: PaymentId;
};

/** Dodo's own retries collect this debt: Reprise follows it, and neither charges nor sends notices. */
export type Observing = {
  readonly since: Instant;
  readonly reads: number;
  readonly nextReadAt: Instant;
  /** The question why Dodo shows no activity was raised; it is raised once. */
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
    | "amount_unknown"
    | "cancellation_scheduled"
    | "imported";
};

/** A payment page at Dodo. While it can be used, no attempt starts. */
export type PaymentLink = {
  /** `in_use`: the customer has started to pay. */
  readonly phase: "creating" | "open" | "in_use";
  readonly createdAt: Instant;
  readonly url: string | null;
  readonly paymentId: PaymentId | null;
  readonly expiresAt: Instant | null;
  /** Set while the page of this waiting payment is read; no new page is created. */
  readonly ofPayment?: PaymentId;
  /** Ids of the commands that wait for the link. */
  readonly waiting: readonly string[];
};

/** The payment that blocks charges and waits for a person: the charge in flight, or another open payment. */
export type WaitingPayment = {
  readonly paymentId: PaymentId;
  readonly waitsFor: WaitsFor;
  readonly createdAt: Instant;
  /** When Reprise learned of it; Dodo sends no webhook. @source docs/dodo/payments.md, "Statuses" */
  readonly since: Instant;
  /** Dodo has a page for it, on which the customer can confirm it. */
  readonly hasPage: boolean;
};

/** An operator confirmed that the waiting payment is dead. It counts once a later read shows that it still waits. */
export type ConfirmedDead = {
  readonly paymentId: PaymentId;
  readonly by: string;
  /** The command that waits for its reply. */
  readonly commandId: string;
  /** A read that had started before: it does not show how the payment stands now. */
  readonly earlierRead: EffectId | null;
};

/**
 * Everything that belongs to the current debt, or to the opening that looks for one. When a debt ends, all of it is
 * reset to `NO_CURRENT_DEBT`; the compiler checks that the reset covers every field.
 */
export type CurrentDebt = {
  /** Null once Dodo has been read and it is known what is owed. */
  readonly opening: Opening | null;
  readonly debt: Debt | null;
  /** The import that opened it; null where none did. */
  readonly imported: Import | null;
  /** Charges whose outcome is known, oldest first. */
  readonly attempts: readonly Attempt[];
  /** When the debt left the queue; null where it was never queued. */
  readonly activatedAt: Instant | null;
  readonly charge: ChargeInFlight | null;
  readonly plan: PlannedAttempt | null;
  readonly customerAction: CustomerAction | null;
  readonly observing: Observing | null;
  /** The latest sign that Dodo's own recovery works on this debt. */
  readonly dodoActiveAt: Instant | null;
  readonly followUp: FollowUp | null;
  readonly paymentLink: PaymentLink | null;
  readonly waitingPayment: WaitingPayment | null;
  readonly confirmedDead: ConfirmedDead | null;
  readonly settlement: Settlement | null;
  readonly closing: Closing | null;
  readonly windowEndsAt: Instant | null;
  /** While set, the window stands still: the recovery is paused, or waits for the operator. */
  readonly windowStoppedAt: Instant | null;
  /** Open questions to the operator, oldest first (bounded). While there is one, nothing is charged. */
  readonly attention: readonly Attention[];
  /** Keys of the notices sent or being sent; each is sent once. */
  readonly notices: readonly string[];
  /** How many notices the mail server accepted. */
  readonly noticesDelivered: number;
  /** The customer stopped the reminders for this debt. */
  readonly remindersOff: boolean;
  /** Alerts sent about this debt (bounded); each is sent once. */
  readonly alertsSent: readonly Alert[];
  /** Successful payments that are not for this debt, by the operator's answer or the policy (bounded). */
  readonly excludedPayments: readonly string[];
  /** A person looked in Dodo: there is no payment of a charge that was sent until then. */
  readonly confirmedAbsentUpTo: Instant | null;
  /** New payment methods that were charged once, or are planned to be (bounded). */
  readonly triedMethods: readonly string[];
  /** The subscription was `on_hold` or `past_due` at some time while this debt was open. */
  readonly wasHeld: boolean;
  /** Set while a customer pays a debt that had ended as `exhausted`. */
  readonly latePayment: LatePayment | null;
};

export const NO_CURRENT_DEBT: CurrentDebt = {
  opening: null,
  debt: null,
  imported: null,
  attempts: [],
  activatedAt: null,
  charge: null,
  plan: null,
  customerAction: null,
  observing: null,
  dodoActiveAt: null,
  followUp: null,
  paymentLink: null,
  waitingPayment: null,
  confirmedDead: null,
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
  confirmedAbsentUpTo: null,
  triedMethods: [],
  wasHeld: false,
  latePayment: null,
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
