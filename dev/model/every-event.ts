import { refusalOf } from "../../dodo/refusals.ts";
import { paymentStatus, subscriptionStatus } from "../../dodo/statuses.ts";
import type { Command } from "../../domain/state/command.ts";
import type {
  ChargeOutcome,
  DomainEvent,
  EffectFinished,
  NotAttemptedReason,
} from "../../domain/state/event.ts";
import type { Payment } from "../../domain/state/payment.ts";
import type { Recovery } from "../../domain/state/recovery.ts";
import { type EffectId, effectIdOf } from "../../domain/values/ids.ts";
import { DAY_MS, HOUR_MS, type Instant } from "../../domain/values/time.ts";
import { PAYMENT_STATUSES, SUBSCRIPTION_STATUSES } from "../../sandbox/model/state/statuses.ts";
import {
  chargeRequested,
  commandGiven,
  dunningReported,
  ownPayment,
  paymentIdOf,
  paymentReported,
  readFinished,
  subscriptionAs,
  subscriptionReported,
  unattributedPayment,
} from "./events.ts";

/** A status that a later version of Dodo may add, and a missing one. */
const UNKNOWN_STATUSES = ["a_new_status", null] as const;

/** Dodo's webhooks about a payment, a subscription or its dunning. @source docs/dodo/webhooks.md, "Event types" */
export const PAYMENT_TYPES = [
  "payment.succeeded",
  "payment.failed",
  "payment.processing",
  "payment.cancelled",
] as const;
export const SUBSCRIPTION_TYPES = [
  "subscription.active",
  "subscription.renewed",
  "subscription.on_hold",
  "subscription.past_due",
  "subscription.paused",
  "subscription.unpaused",
  "subscription.cancelled",
  "subscription.failed",
  "subscription.expired",
  "subscription.plan_changed",
  "subscription.updated",
  "subscription.update_payment_method",
] as const;
export const DUNNING_TYPES = ["dunning.started", "dunning.recovered"] as const;

/** A record, so that the compiler finds a reason that is missing here. */
const NOT_ATTEMPTED: Readonly<Record<NotAttemptedReason, true>> = {
  payment_exists: true,
  status_changed: true,
  method_blocked: true,
  opted_out: true,
  released_payment_changed: true,
  replaced: true,
  stale: true,
  ended_earlier: true,
  earlier_charge: true,
  overdue: true,
  rate_limited: true,
  payment_pending: true,
  unreachable: true,
  unauthorized: true,
  not_found: true,
  not_retryable: true,
  cooling_down: true,
  withdrawn: true,
  amount_unknown: true,
  shadow: true,
};

const REFUSALS = [
  "SUBSCRIPTION_INACTIVE",
  "SUBSCRIPTION_EXPIRED",
  "SUBSCRIPTION_NOT_ON_DEMAND",
  "SUBSCRIPTION_PAYMENT_RETRY_LIMIT_EXCEEDED",
  "CHARGE_NOT_ALLOWED_FOR_SCHEDULED_CANCELLATION",
  "NO_ELIGIBLE_PAYMENT_METHODS",
  "TOTAL_PAYMENT_AMOUNT_BELOW_MINIMUM_AMOUNT",
  "A_NEW_CODE",
];

const operator = { by: "anna", note: "" } as const;

/** Every command, with each of its options. */
const COMMANDS: readonly Command[] = [
  { action: "pause", ...operator },
  { action: "resume", ...operator },
  { action: "resume", ...operator, newDebt: true },
  { action: "retry_now", ...operator, confirmedAbsent: false },
  { action: "retry_now", ...operator, confirmedAbsent: true },
  { action: "retry_now", ...operator, confirmedAbsent: false, confirmedDead: true },
  { action: "mark_paid", ...operator },
  { action: "write_off", ...operator },
  { action: "create_payment_link", debtId: null },
  { action: "create_payment_link", debtId: "pay_other" },
  { action: "stop_reminders", debtId: null },
  { action: "stop_reminders", debtId: "pay_other" },
];

function readRefusals(effectId: EffectId): EffectFinished[] {
  return [401, 403, 404].map((httpStatus) => ({
    kind: "read_finished",
    effectId,
    outcome: refusalOf(httpStatus, `HTTP_${httpStatus}`),
  }));
}

function chargeOutcomes(effectId: EffectId, at: Instant): EffectFinished[] {
  const outcomes: readonly ChargeOutcome[] = [
    { kind: "accepted", paymentId: paymentIdOf("pay_2"), adopted: false },
    { kind: "unknown", detail: "lost", sentNoLaterThan: at },
    ...REFUSALS.map((code) => refusalOf(422, code)),
    ...(Object.keys(NOT_ATTEMPTED) as NotAttemptedReason[]).map(
      (why) => ({ kind: "not_attempted", why, detail: why }) as const,
    ),
  ];
  return outcomes.map((outcome) => ({ kind: "charge_finished", effectId, outcome }));
}

function noticeOutcomes(effectId: EffectId, at: Instant): EffectFinished[] {
  const finished = { kind: "notice_finished", effectId } as const;
  const capped = { why: "weekly_cap_reached", key: "payment_failed", until: at + DAY_MS } as const;
  return [
    { ...finished, outcome: { kind: "sent", messageId: "m" } },
    ...(["paid", "opted_out", "status_changed"] as const).map((why): EffectFinished => ({
      ...finished,
      outcome: { kind: "not_sent", why },
    })),
    { ...finished, outcome: { kind: "not_sent", ...capped } },
    { ...finished, outcome: { kind: "undeliverable", detail: "550" } },
  ];
}

function paymentLinkOutcomes(effectId: EffectId): EffectFinished[] {
  const finished = { kind: "payment_link_finished", effectId } as const;
  return [
    { ...finished, outcome: { kind: "made", url: "https://x", paymentId: null, expiresAt: null } },
    ...(
      [
        "paid",
        "status_changed",
        "shadow",
        "payment_open",
        "no_page",
        "payment_changed",
        "earlier_charge",
      ] as const
    ).map((why): EffectFinished => ({ ...finished, outcome: { kind: "not_made", why } })),
    { ...finished, outcome: refusalOf(401, "X") },
    { ...finished, outcome: { kind: "unknown", detail: "lost" } },
  ];
}

/** Every way in which one effect can end. */
function everyOutcome(effectId: EffectId, at: Instant): readonly EffectFinished[] {
  return [
    ...readRefusals(effectId),
    ...chargeOutcomes(effectId, at),
    ...noticeOutcomes(effectId, at),
    ...paymentLinkOutcomes(effectId),
    { kind: "cancel_finished", effectId, outcome: { kind: "cancelled" } },
    { kind: "cancel_finished", effectId, outcome: { kind: "not_cancelled", why: "paid" } },
    { kind: "cancel_finished", effectId, outcome: { kind: "not_cancelled", why: "shadow" } },
    { kind: "cancel_finished", effectId, outcome: { kind: "refused", code: "X" } },
    { kind: "operator_notified", effectId, delivered: true },
    { kind: "operator_notified", effectId, delivered: false },
    { kind: "published", effectId, enqueued: true },
    { kind: "published", effectId, enqueued: false },
    { kind: "charge_status_reported", effectId, delivered: true },
    { kind: "charge_status_reported", effectId, delivered: false },
    { kind: "effect_failed", effectId, detail: "a bug" },
  ];
}

/** Payments of every kind, in every status. */
function everyPayment(recovery: Recovery, at: Instant): Payment[] {
  const queued = recovery.queue[0]?.debt.failedPaymentId ?? null;
  const two = { isMultiSubscription: true, subscriptionIds: ["sub_1", "sub_2"] };
  return [...PAYMENT_STATUSES, ...UNKNOWN_STATUSES]
    .map(paymentStatus)
    .flatMap((status) => [
      unattributedPayment(at, status),
      ownPayment(recovery, at, status),
      unattributedPayment(at, { ...status, isMethodUpdate: true, methodId: "pm_9" }),
      unattributedPayment(at, { ...status, ...two }),
      unattributedPayment(at, { ...status, totalMinor: 0 }),
      unattributedPayment(at, { ...status, declineCode: "STOLEN_CARD", currency: "EUR" }),
      unattributedPayment(at, { ...status, retryAttempt: 1, declineCode: " stolen_card " }),
      unattributedPayment(at - 40 * DAY_MS, status),
      ...(queued === null ? [] : [unattributedPayment(at, { ...status, paymentId: queued })]),
    ]);
}

/** New requests, one in another currency, one for too small an amount, and one that this recovery knows. */
function everyChargeRequest({ debt, chargeRequests }: Recovery, at: Instant): DomainEvent[] {
  const chargeId = chargeRequests[0]?.chargeId ?? debt?.id;
  const again = chargeRequested(at);
  return [
    chargeRequested(at, { digit: "b" }),
    chargeRequested(at, { digit: "c", currency: "EUR" }),
    chargeRequested(at, { digit: "d", amountMinor: 1 }),
    ...(chargeId === undefined ? [] : [{ ...again, request: { ...again.request, chargeId } }]),
  ];
}

/** Imports that the operator API or Temporal started, with and without charges of old debts. */
const IMPORTS: readonly DomainEvent[] = [true, false].map((retry) => ({
  kind: "debt_imported",
  import: { importId: `import-${retry}`, by: "anna", isVerified: retry, retry },
}));

/** Every event that can reach a recovery, in every status, for each pending effect and for one that is not pending. */
export function everyEvent(recovery: Recovery, at: Instant): readonly DomainEvent[] {
  const effectIds = [...(Object.keys(recovery.pendingEffects) as EffectId[]), effectIdOf(999)];
  const payments = everyPayment(recovery, at);
  const lists = [[], payments.slice(0, 4), payments.slice(9, 13), payments];
  const statuses = [...SUBSCRIPTION_STATUSES, ...UNKNOWN_STATUSES];
  const subscriptions = statuses.map(subscriptionStatus).flatMap((status) => [
    subscriptionAs(recovery, status),
    subscriptionAs(recovery, { ...status, onDemand: false, methodId: "pm_2" }),
    subscriptionAs(recovery, {
      ...status,
      cancelAtNextBillingDate: true,
      pausedAt: at - HOUR_MS,
    }),
  ]);
  const optedOut = subscriptionAs(recovery, { optedOut: true });
  return [
    { kind: "timer_fired" },
    { kind: "cancel_requested" },
    { kind: "a_newer_gateways_event" } as unknown as DomainEvent,
    ...payments.flatMap((payment) => PAYMENT_TYPES.map((type) => paymentReported(payment, type))),
    ...SUBSCRIPTION_TYPES.flatMap((type) =>
      statuses.map((status) => subscriptionReported(type, status)),
    ),
    ...DUNNING_TYPES.map((type) => dunningReported(type)),
    ...COMMANDS.map((command) => commandGiven(command)),
    ...everyChargeRequest(recovery, at),
    ...IMPORTS,
    ...effectIds.flatMap((effectId) => [
      ...[...subscriptions, optedOut].flatMap((subscription) =>
        lists.map((some) => readFinished(effectId, at, subscription, some)),
      ),
      ...everyOutcome(effectId, at),
    ]),
  ];
}
