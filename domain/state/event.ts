import type { DodoAnswer } from "../values/dodo-answer.ts";
import type { DebtId, EffectId, PaymentId, SubscriptionId } from "../values/ids.ts";
import type { Instant } from "../values/time.ts";
import type { Command, CommandReply } from "./command.ts";
import type { Import } from "./debt.ts";
import type { NoticeKind, ShownFacts } from "./notice.ts";
import type { Evidence, Payment, SubscriptionAccess } from "./payment.ts";
import type { ChargeRequest } from "./requested-charge.ts";

/**
 * A webhook about a payment. Its body is Dodo's latest state, not the state at the event. Where `type` and
 * the payment's state disagree, the state counts.
 * @source docs/dodo/webhooks.md, "The body is the latest state"
 */
export type PaymentReported = {
  readonly kind: "payment_reported";
  readonly webhookId: string;
  readonly type: string;
  readonly payment: Payment;
};

/** A webhook about the subscription: only a hint to read Dodo, as webhooks arrive out of order. */
export type SubscriptionReported = {
  readonly kind: "subscription_reported";
  readonly webhookId: string;
  readonly type: string;
  readonly access: SubscriptionAccess;
  readonly dodoStatus: string | null;
  /** End of the grace period; only webhooks have it. @source dodopayments 2.52.0, webhook-events.ts */
  readonly graceEndsAt?: Instant | null;
};

/** A `dunning.*` webhook: Dodo's own recovery is active. */
export type DodoDunningReported = {
  readonly kind: "dodo_dunning_reported";
  readonly webhookId: string;
  readonly type: string;
  readonly dodoStatus: string | null;
};

/** The wake-up time has come. */
export type TimerFired = { readonly kind: "timer_fired" };

/**
 * What Dodo's refusal means. Dodo's codes are mapped in dodo/refusals.ts.
 * - `customer_must_pay`: no charge will do; the customer can still pay on a payment page
 * - `subscription_expired`: the subscription's term is over
 * - `not_found`: Dodo has, or shows, no such thing
 * - `account_refused`: Dodo refuses the account's API key
 * - `too_many_payments`: the subscription has more payments than a recovery can judge
 * - `invalid_request`: anything else; a person has to look at it
 */
export type RefusalMeaning =
  | "customer_must_pay"
  | "subscription_expired"
  | "not_found"
  | "account_refused"
  | "too_many_payments"
  | "invalid_request";

/** Dodo refused the request: nothing was done. */
export type DodoRefusal = DodoAnswer & {
  readonly kind: "refused";
  readonly meaning: RefusalMeaning;
};

/** Why a charge was not sent. In each of these cases it is certain that no request left. */
export type NotAttemptedReason =
  | "payment_exists"
  | "status_changed"
  | "method_blocked"
  | "opted_out"
  /** A released payment no longer waits as it did. */
  | "released_payment_changed"
  /** The customer has bought the same product again, and paid. */
  | "replaced"
  | "stale"
  /** Another run of the recovery has ended the debt. */
  | "ended_earlier"
  /** Another run of the recovery may have sent another attempt, which Dodo does not list yet. */
  | "earlier_charge"
  | "overdue"
  | "rate_limited"
  | "payment_pending"
  | "unreachable"
  | "unauthorized"
  | "not_found"
  /** Dodo's manual retry does not accept this payment. */
  | "not_retryable"
  /** Dodo's manual retry is available again at a time that it names. */
  | "cooling_down"
  | "withdrawn"
  /** It is unknown what to ask for. */
  | "amount_unknown"
  | "shadow";

/** A success of the customer for another subscription to the same product, and that subscription. */
export type Replacement = {
  readonly paymentId: PaymentId;
  readonly subscriptionId: SubscriptionId;
};

/**
 * Why the customer's payments show nothing.
 * - `no_customer`: the subscription names no customer
 * - `no_product`: a subscription names no product
 * - `too_many`: there are more payments, or more subscriptions, than a check can judge
 * - `refused`: Dodo refuses to list them
 */
export type CustomerPaymentsUnknown = "no_customer" | "no_product" | "too_many" | "refused";

/** Set where the customer's payments could not be judged, so that nothing was concluded from them. */
export type CustomerPaymentsReport = { readonly customerPaymentsUnknown?: CustomerPaymentsUnknown };

export type ChargeOutcome = CustomerPaymentsReport & ChargeResult;

type ChargeResult =
  | {
      readonly kind: "accepted";
      readonly paymentId: PaymentId;
      readonly adopted: boolean;
      /** Of the merchant's metadata that the charge carries; absent where it was adopted, or is a manual retry. */
      readonly metadataDigest?: string;
    }
  | DodoRefusal
  | {
      readonly kind: "not_attempted";
      readonly why: NotAttemptedReason;
      readonly detail: string;
      /** Dodo's answer, if that is why. */
      readonly answer?: DodoAnswer;
      /** `cooling_down` only: when the retry is available again. */
      readonly until?: Instant;
      /** `replaced` only: the payment that shows it. */
      readonly replacement?: Replacement;
    }
  | {
      readonly kind: "unknown";
      readonly detail: string;
      /** Dodo's answer, if one came that leaves the outcome open. */
      readonly answer?: DodoAnswer;
      readonly sentNoLaterThan: Instant;
      /** As of an accepted charge; absent where the worker was lost. */
      readonly metadataDigest?: string;
    };

export type ReadOutcome = { readonly kind: "read"; readonly evidence: Evidence } | DodoRefusal;

export type NoticeOutcome = CustomerPaymentsReport & NoticeResult;

type NoticeResult =
  /** `shown`: absent from notices of earlier versions. */
  | { readonly kind: "sent"; readonly messageId: string; readonly shown?: ShownFacts }
  | { readonly kind: "not_sent"; readonly why: "paid" | "opted_out" | "status_changed" }
  | { readonly kind: "not_sent"; readonly why: "shadow"; readonly notice: NoticeKind }
  /** The customer has had as many notices as the policy allows; the next may go at `until`. */
  | {
      readonly kind: "not_sent";
      readonly why: "weekly_cap_reached";
      readonly key: string;
      readonly until: Instant;
    }
  /** The customer has bought the same product again. `key`, `debtId`: of this notice, which may be due again. */
  | {
      readonly kind: "not_sent";
      readonly why: "replaced";
      readonly key: string;
      readonly debtId: DebtId;
      readonly replacement: Replacement;
    }
  /** The customer's address is missing, or the mail server refuses it. */
  | { readonly kind: "undeliverable"; readonly detail: string }
  /** It could not be sent in time: the mail server was down or refused the sender, or Dodo could not be read. */
  | { readonly kind: "unsent"; readonly detail: string };

/**
 * - `payment_open`: a payment of the subscription is open, so no second one is created
 * - `earlier_charge`: a charge or a page of a stopped run may still collect the debt
 * - `no_page`, `payment_changed`: the waiting payment has no page at Dodo, or no longer waits for the customer
 */
export type LinkNotMade =
  | "paid"
  | "status_changed"
  | "shadow"
  | "payment_open"
  | "no_page"
  | "payment_changed"
  | "earlier_charge";

export type PaymentLinkOutcome =
  | {
      readonly kind: "made";
      readonly url: string;
      readonly paymentId: PaymentId | null;
      readonly expiresAt: Instant | null;
    }
  | { readonly kind: "not_made"; readonly why: LinkNotMade }
  | DodoRefusal
  | { readonly kind: "unknown"; readonly detail: string };

export type CancelOutcome =
  | { readonly kind: "cancelled" }
  | {
      readonly kind: "refused";
      /** Dodo's code, or why there is none. */
      readonly code: string;
      readonly answer?: DodoAnswer;
    }
  | { readonly kind: "not_cancelled"; readonly why: "paid" | "shadow" };

/** The outcome of an effect. `effect_failed`: the activity failed for good, by a bug or an operator's intervention. */
export type EffectFinished =
  | { readonly kind: "read_finished"; readonly effectId: EffectId; readonly outcome: ReadOutcome }
  | {
      readonly kind: "charge_finished";
      readonly effectId: EffectId;
      readonly outcome: ChargeOutcome;
    }
  | {
      readonly kind: "notice_finished";
      readonly effectId: EffectId;
      readonly outcome: NoticeOutcome;
    }
  | {
      readonly kind: "payment_link_finished";
      readonly effectId: EffectId;
      readonly outcome: PaymentLinkOutcome;
    }
  | {
      readonly kind: "cancel_finished";
      readonly effectId: EffectId;
      readonly outcome: CancelOutcome;
    }
  | {
      readonly kind: "operator_notified";
      readonly effectId: EffectId;
      /** The alert was handed over for the operator's email. Every view shows the cause in any case. */
      readonly delivered: boolean;
    }
  | {
      readonly kind: "published";
      readonly effectId: EffectId;
      /** False where the activity failed for good. */
      readonly enqueued: boolean;
    }
  | {
      readonly kind: "charge_status_reported";
      readonly effectId: EffectId;
      /** False where the requester's workflow has closed. */
      readonly delivered: boolean;
    }
  | { readonly kind: "effect_failed"; readonly effectId: EffectId; readonly detail: string };

/** A command of an operator or a customer. The reply goes to `commandId`. */
export type CommandGiven = {
  readonly kind: "command";
  readonly commandId: string;
  readonly command: Command;
};

/** The merchant requests a charge. The same request again has the same `chargeId` and is one charge. */
export type ChargeRequested = {
  readonly kind: "charge_requested";
  readonly request: ChargeRequest;
};

/** An operator imports the subscription's debt. A recovery that is open keeps what it has. */
export type DebtImported = {
  readonly kind: "debt_imported";
  readonly import: Omit<Import, "at">;
};

/** Temporal's own Cancel. */
export type CancelRequested = { readonly kind: "cancel_requested" };

export type WebhookEvent = PaymentReported | SubscriptionReported | DodoDunningReported;

/** A webhook's event on its way to one recovery. Only an event that reports a failure starts a recovery. */
export type RoutedEvent = {
  readonly subscriptionId: SubscriptionId;
  readonly event: WebhookEvent;
  readonly opens: boolean;
};

export type DomainEvent =
  | WebhookEvent
  | TimerFired
  | EffectFinished
  | CommandGiven
  | ChargeRequested
  | DebtImported
  | CancelRequested;

export type { CommandReply };
