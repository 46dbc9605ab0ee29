import type { EffectId, PaymentId, SubscriptionId } from "../values/ids.ts";
import type { Instant } from "../values/time.ts";
import type { Command, CommandReply } from "./command.ts";
import type { NoticeKind } from "./notice.ts";
import type { Evidence, Payment, SubscriptionAccess } from "./payment.ts";
import type { ChargeRequest } from "./requested-charge.ts";

/**
 * A webhook about a payment. Its body is Dodo's latest state, not the state at the event: `type` and
 * the payment's state may disagree, and the state is believed. @source docs/dodo/webhooks.md, "The body is the latest state"
 */
export type PaymentReported = {
  readonly kind: "payment_reported";
  readonly webhookId: string;
  readonly type: string;
  readonly payment: Payment;
};

/** A webhook about the subscription: a hint to read, since an older one may arrive later. */
export type SubscriptionReported = {
  readonly kind: "subscription_reported";
  readonly webhookId: string;
  readonly type: string;
  readonly access: SubscriptionAccess;
  readonly dodoStatus: string | null;
  /** When a grace period ends: only webhooks tell, in a grace period. @source dodopayments 2.52.0, webhook-events.ts */
  readonly graceEndsAt?: Instant | null;
};

/** `dunning.*`: Dodo's own recovery is at work. */
export type DodoDunningReported = {
  readonly kind: "dodo_dunning_reported";
  readonly webhookId: string;
  readonly type: string;
  readonly dodoStatus: string | null;
};

/** The wake-up time came. */
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

/** Why a charge was not sent. Each of these is certain: no request left. */
export type NotAttemptedReason =
  | "payment_exists"
  | "status_changed"
  | "method_blocked"
  | "opted_out"
  | "stale"
  | "overdue"
  | "rate_limited"
  | "payment_pending"
  | "unreachable"
  | "unauthorized"
  | "not_found"
  /** Dodo's manual retry does not take this payment. */
  | "not_retryable"
  /** Dodo's manual retry takes the next one at a time that it names. */
  | "cooling_down"
  | "withdrawn"
  | "shadow";

export type ChargeOutcome =
  | {
      readonly kind: "accepted";
      readonly paymentId: PaymentId;
      readonly adopted: boolean;
      /** Of the merchant's metadata that the charge carries; absent where it carries none of ours, or was adopted. */
      readonly metadataDigest?: string;
    }
  | DodoRefusal
  | {
      readonly kind: "not_attempted";
      readonly why: NotAttemptedReason;
      readonly detail: string;
      /** `cooling_down` only: when it may be sent. */
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
  /** The customer has had as many as the policy allows: not before `until`. */
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
  | { readonly kind: "not_made"; readonly why: "paid" | "status_changed" | "shadow" }
  | DodoRefusal
  | { readonly kind: "unknown"; readonly detail: string };

export type CancelOutcome =
  | { readonly kind: "cancelled" }
  | { readonly kind: "refused"; readonly code: string }
  | { readonly kind: "not_cancelled"; readonly why: "paid" | "shadow" };

/** An effect's end; `failed` is one that Temporal gave up on, which only a bug or an operator brings about. */
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
      /** False where the mail could not be sent: the cause stands in every view all the same. */
      readonly delivered: boolean;
    }
  | {
      readonly kind: "published";
      readonly effectId: EffectId;
      /** False where Temporal gave up on the hand-over. */
      readonly enqueued: boolean;
    }
  | {
      readonly kind: "charge_status_reported";
      readonly effectId: EffectId;
      /** False where nobody follows the charge any more. */
      readonly delivered: boolean;
    }
  | { readonly kind: "effect_failed"; readonly effectId: EffectId; readonly detail: string };

/** An operator, or the customer's button; its answer goes back by `commandId`. */
export type CommandGiven = {
  readonly kind: "command";
  readonly commandId: string;
  readonly command: Command;
};

/** A charge that the merchant asks of us; told again it is still one. */
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
