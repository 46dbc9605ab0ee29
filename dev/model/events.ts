import type { Command } from "../../domain/state/command.ts";
import type { DomainEvent, EffectFinished, NotAttemptedReason } from "../../domain/state/event.ts";
import type { Evidence, Payment, Subscription } from "../../domain/state/payment.ts";
import type { Recovery } from "../../domain/state/recovery.ts";
import type { RequestedCharge } from "../../domain/state/requested-charge.ts";
import {
  attemptKeyOf,
  type EffectId,
  effectIdOf,
  parseChargeId,
  parsePaymentId,
  parseSubscriptionId,
} from "../../domain/values/ids.ts";
import { DAY_MS, HOUR_MS, type Instant } from "../../domain/values/time.ts";
import { PAYMENT_STATUSES, SUBSCRIPTION_STATUSES } from "../../sandbox/model/state/statuses.ts";

/** What a later version of Dodo may send, or leave out. */
const UNKNOWN_STATUSES = ["a_new_status", null] as const;

/** Every webhook of Dodo's about a payment, a subscription or its dunning. @source dodo.md 4.1 */
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

const NOT_ATTEMPTED: Readonly<Record<NotAttemptedReason, true>> = {
  payment_exists: true,
  status_changed: true,
  method_blocked: true,
  opted_out: true,
  stale: true,
  overdue: true,
  rate_limited: true,
  payment_pending: true,
  unreachable: true,
  unauthorized: true,
  not_found: true,
  not_retryable: true,
  cooling_down: true,
  withdrawn: true,
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

function known<T>(value: T | null): T {
  if (value === null) throw new Error("a specimen's id is malformed");
  return value;
}

/** A payment about which nothing is special: another charge of the same subscription. */
export function foreignPayment(at: Instant, given: Partial<Payment> = {}): Payment {
  return {
    paymentId: known(parsePaymentId("pay_foreign")),
    subscriptionIds: ["sub_1"],
    status: "failed",
    createdAt: at,
    totalMinor: 2_900,
    taxMinor: 0,
    currency: "USD",
    declineCode: null,
    retryAttempt: 0,
    isMethodUpdate: false,
    isMultiSubscription: false,
    methodId: "pm_1",
    attemptKey: null,
    debtKey: null,
    ...given,
  };
}

/** The attempt that is in flight, or the next one, as Dodo would show it. */
export function ownPayment(recovery: Recovery, at: Instant, given: Partial<Payment>): Payment {
  const { debt, charge, attempts } = recovery;
  const number = charge?.number ?? attempts.length + 1;
  const attemptKey = debt === null ? null : attemptKeyOf(debt.id, number);
  const paymentId = charge?.paymentId ?? known(parsePaymentId(`pay_own_${number}`));
  return foreignPayment(at, { paymentId, attemptKey, ...given });
}

export function subscriptionAs(
  recovery: Recovery,
  given: Partial<Subscription> = {},
): Subscription {
  return {
    subscriptionId: known(parseSubscriptionId("sub_1")),
    status: "on_hold",
    onDemand: true,
    createdAt: recovery.openedAt,
    currency: "USD",
    taxInclusive: false,
    customerId: "cus_1",
    methodId: "pm_1",
    pausedAt: null,
    cancelAtNextBillingDate: false,
    debtKey: null,
    optedOut: false,
    ...recovery.subscription,
    ...given,
  };
}

export function paymentReported(payment: Payment, type = `payment.${payment.status}`): DomainEvent {
  return { kind: "payment_reported", webhookId: "m", type, payment };
}

export function subscriptionReported(type: string, status: string | null): DomainEvent {
  return { kind: "subscription_reported", webhookId: "m", type, status };
}

export function dunningReported(type: string): DomainEvent {
  return { kind: "dodo_dunning_reported", webhookId: "m", type, status: "recovering" };
}

export function commandGiven(command: Command): DomainEvent {
  return { kind: "command", commandId: "c", command };
}

export function readFinished(
  effectId: EffectId,
  at: Instant,
  subscription: Subscription,
  payments: readonly Payment[],
): DomainEvent {
  const evidence: Evidence = {
    readAt: at,
    subscription,
    payments,
    since: at - 30 * DAY_MS,
    endedDebts: [],
  };
  return { kind: "read_finished", effectId, outcome: { kind: "read", evidence } };
}

const operator = { by: "anna", note: "" } as const;

/** Every command, and what may be said with it. */
export const COMMANDS: readonly Command[] = [
  { action: "pause", ...operator },
  { action: "resume", ...operator },
  { action: "resume", ...operator, newDebt: true },
  { action: "retry_now", ...operator, confirmedAbsent: false },
  { action: "retry_now", ...operator, confirmedAbsent: true },
  { action: "mark_paid", ...operator },
  { action: "write_off", ...operator },
  { action: "create_payment_link", debtId: null },
  { action: "create_payment_link", debtId: "pay_other" },
  { action: "stop_reminders", debtId: null },
  { action: "stop_reminders", debtId: "pay_other" },
];

/** Every way an effect can end, for one effect. */
export function outcomesOf(effectId: EffectId, at: Instant): readonly EffectFinished[] {
  return [
    ...[401, 403, 404].map((httpStatus): EffectFinished => ({
      kind: "read_finished",
      effectId,
      outcome: { kind: "refused", code: `HTTP_${httpStatus}`, httpStatus },
    })),
    {
      kind: "charge_finished",
      effectId,
      outcome: { kind: "accepted", paymentId: known(parsePaymentId("pay_2")), adopted: false },
    },
    {
      kind: "charge_finished",
      effectId,
      outcome: { kind: "unknown", detail: "lost", sentNoLaterThan: at },
    },
    ...REFUSALS.map((code): EffectFinished => ({
      kind: "charge_finished",
      effectId,
      outcome: { kind: "refused", code, httpStatus: 422 },
    })),
    ...(Object.keys(NOT_ATTEMPTED) as NotAttemptedReason[]).map((why): EffectFinished => ({
      kind: "charge_finished",
      effectId,
      outcome: { kind: "not_attempted", why, detail: why },
    })),
    { kind: "notice_finished", effectId, outcome: { kind: "sent", messageId: "m" } },
    ...(["paid", "opted_out", "status_changed"] as const).map((why): EffectFinished => ({
      kind: "notice_finished",
      effectId,
      outcome: { kind: "not_sent", why },
    })),
    {
      kind: "notice_finished",
      effectId,
      outcome: {
        kind: "not_sent",
        why: "weekly_cap_reached",
        key: "payment_failed",
        until: at + DAY_MS,
      },
    },
    { kind: "notice_finished", effectId, outcome: { kind: "undeliverable", detail: "550" } },
    {
      kind: "payment_link_finished",
      effectId,
      outcome: { kind: "made", url: "https://x", paymentId: null, expiresAt: null },
    },
    ...(["paid", "status_changed", "shadow"] as const).map((why): EffectFinished => ({
      kind: "payment_link_finished",
      effectId,
      outcome: { kind: "not_made", why },
    })),
    {
      kind: "payment_link_finished",
      effectId,
      outcome: { kind: "refused", code: "X", httpStatus: 401 },
    },
    { kind: "payment_link_finished", effectId, outcome: { kind: "unknown", detail: "lost" } },
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
  return [...PAYMENT_STATUSES, ...UNKNOWN_STATUSES].flatMap((status) => [
    foreignPayment(at, { status }),
    ownPayment(recovery, at, { status }),
    foreignPayment(at, { status, isMethodUpdate: true, methodId: "pm_9" }),
    foreignPayment(at, { status, isMultiSubscription: true, subscriptionIds: ["sub_1", "sub_2"] }),
    foreignPayment(at, { status, totalMinor: 0 }),
    foreignPayment(at, { status, declineCode: "STOLEN_CARD", currency: "EUR" }),
    foreignPayment(at, { status, retryAttempt: 1, declineCode: " stolen_card " }),
    foreignPayment(at - 40 * DAY_MS, { status }),
    ...(queued === null ? [] : [foreignPayment(at, { status, paymentId: queued })]),
  ]);
}

/** A charge that the merchant asks of us. */
export function chargeRequested(
  at: Instant,
  { digit = "a", ...given }: Partial<RequestedCharge> & { readonly digit?: string } = {},
): DomainEvent & { readonly kind: "charge_requested" } {
  const charge: RequestedCharge = {
    amountMinor: 2_900,
    currency: null,
    description: null,
    feesInclusive: null,
    credits: null,
    metadata: {},
    ...given,
  };
  const chargeId = known(parseChargeId(`charge-${digit.repeat(64)}`));
  return { kind: "charge_requested", request: { chargeId, requestedAt: at, charge } };
}

/** New ones, one in another currency, too small a one, and those that this recovery knows. */
function chargesAsked({ debt, chargeRequests }: Recovery, at: Instant): DomainEvent[] {
  const chargeId = chargeRequests[0]?.chargeId ?? debt?.id;
  const again = chargeRequested(at);
  return [
    chargeRequested(at, { digit: "b" }),
    chargeRequested(at, { digit: "c", currency: "EUR" }),
    chargeRequested(at, { digit: "d", amountMinor: 1 }),
    ...(chargeId === undefined ? [] : [{ ...again, request: { ...again.request, chargeId } }]),
  ];
}

/** Every event that the world can produce, in every status, for every effect that is awaited and one that is not. */
export function everyEvent(recovery: Recovery, at: Instant): readonly DomainEvent[] {
  const effectIds = [...(Object.keys(recovery.pendingEffects) as EffectId[]), effectIdOf(999)];
  const payments = everyPayment(recovery, at);
  const lists = [[], payments.slice(0, 4), payments.slice(9, 13), payments];
  const statuses = [...SUBSCRIPTION_STATUSES, ...UNKNOWN_STATUSES];
  const subscriptions = statuses.flatMap((status) => [
    subscriptionAs(recovery, { status }),
    subscriptionAs(recovery, { status, onDemand: false, methodId: "pm_2" }),
    subscriptionAs(recovery, { status, cancelAtNextBillingDate: true, pausedAt: at - HOUR_MS }),
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
    ...chargesAsked(recovery, at),
    ...effectIds.flatMap((effectId) => [
      ...[...subscriptions, optedOut].flatMap((subscription) =>
        lists.map((some) => readFinished(effectId, at, subscription, some)),
      ),
      ...outcomesOf(effectId, at),
    ]),
  ];
}
