import type { EffectId, PaymentId, SubscriptionId } from "../values/ids.ts";
import type { Instant } from "../values/time.ts";
import type { Command, CommandReply } from "./command.ts";
import type { NoticeKind } from "./notice.ts";
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
export type DodoRefusal = {
  readonly kind: "refused";
  readonly meaning: RefusalMeaning;
  /** As Dodo writes it, for people to read. */
  readonly code: string;
  readonly httpStatus: number;
};

/** Why a charge was not sent. In each of these cases it is certain that no request left. */
export type NotAttemptedReason =
  | "payment_exists"
  | "status_changed"
  | "method_blocked"
  | "opted_out"
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
  | "shadow";

export type ChargeOutcome =
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
      /** `cooling_down` only: when the retry is available again. */
      readonly until?: Instant;
    }
  | {
      readonly kind: "unknown";
      readonly detail: string;
      readonly sentNoLaterThan: Instant;
      /** As of an accepted charge; absent where the worker was lost. */
      readonly metadataDigest?: string;
    };

export type ReadOutcome = { readonly kind: "read"; readonly evidence: Evidence } | DodoRefusal;

export type NoticeOutcome =
  | { readonly kind: "sent"; readonly messageId: string }
  | { readonly kind: "not_sent"; readonly why: "paid" | "opted_out" | "status_changed" }
  | { readonly kind: "not_sent"; readonly why: "shadow"; readonly notice: NoticeKind }
  /** The customer has had as many notices as the policy allows; the next may go at `until`. */
  | {
      readonly kind: "not_sent";
      readonly why: "weekly_cap_reached";
      readonly key: string;
      readonly until: Instant;
    }
  | { readonly kind: "undeliverable"; readonly detail: string };

export type PaymentLinkOutcome =
  | {
      readonly kind: "made";
      readonly url: string;
      readonly paymentId: PaymentId | null;
      readonly expiresAt: Instant | null;
    }
  | {
      readonly kind: "not_made";
      /** `earlier_charge`: a charge or a page of a stopped run may still collect the debt. */
      readonly why: "paid" | "status_changed" | "shadow" | "earlier_charge";
    }
  | DodoRefusal
  | { readonly kind: "unknown"; readonly detail: string };

export type CancelOutcome =
  | { readonly kind: "cancelled" }
  | { readonly kind: "refused"; readonly code: string }
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
      /** False where the email could not be sent. Every view still shows the cause. */
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
  WebhookEvent | TimerFired | EffectFinished | CommandGiven | ChargeRequested | CancelRequested;

export type { CommandReply };
