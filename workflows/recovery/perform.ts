import {
  ActivityCancellationType,
  ActivityFailure,
  CancellationScope,
  getExternalWorkflowHandle,
  isCancellation,
  proxyActivities,
  workflowInfo,
} from "@temporalio/workflow";
import type { ChargeInput } from "../../activities/charge/charge.ts";
import type { Activities } from "../../activities/index.ts";
import type { NoticeInput } from "../../activities/notices/send-notice.ts";
import type { DeliveryActivities } from "../../activities/webhooks/delivery.ts";
import { debtContextOf } from "../../domain/debt/attribution.ts";
import type {
  AwaitedEffect,
  CancelEffect,
  ChargeEffect,
  NoticeEffect,
  NotifyOperatorEffect,
  PaymentLinkEffect,
  PublishEffect,
  ReadEffect,
  ReportChargeEffect,
} from "../../domain/decision/effect.ts";
import type { DomainEvent } from "../../domain/state/event.ts";
import { paymentIdsOf } from "../../domain/state/facts.ts";
import type { Recovery } from "../../domain/state/recovery.ts";
import { describeMoney, money } from "../../domain/values/money.ts";
import { HOUR_MS, type Instant, MINUTE_MS, SECOND_MS } from "../../domain/values/time.ts";
import { CHARGE_REPORTED_SIGNAL, chargeQueueOf, dodoQueueOf } from "../contract.ts";
import { PATIENT } from "../shared/retries.ts";

/** Within this of its start a charge activity has sent its request, or will not send it. */
export const CHARGE_LEAVES_WITHIN_MS = 10 * SECOND_MS;

/** A call to Dodo that may not be sent twice: one try, however it ends. */
const ONCE = { maximumAttempts: 1 } as const;

/** Three minutes: three requests of a minute each; pages and single payments come on top. */
const READ_TIMEOUT_MS = 3 * MINUTE_MS;

const summaryOf = (text: string): string => text.slice(0, 180);

function chargeActivities(effect: ChargeEffect, customerId: string): Pick<Activities, "charge"> {
  return proxyActivities<Activities>({
    taskQueue: chargeQueueOf(workflowInfo().taskQueue),
    retry: ONCE,
    startToCloseTimeout: (effect.requestTimeoutMs ?? MINUTE_MS) + CHARGE_LEAVES_WITHIN_MS,
    heartbeatTimeout: "8s",
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    priority: { fairnessKey: customerId.slice(0, 64) },
    summary: summaryOf(
      `Attempt ${effect.number}: ${describeMoney(money(effect.amountMinor, effect.currency))}`,
    ),
  });
}

function dodoActivities(summary: string): Pick<Activities, "readDodo"> {
  return proxyActivities<Activities>({
    taskQueue: dodoQueueOf(workflowInfo().taskQueue),
    retry: PATIENT,
    startToCloseTimeout: READ_TIMEOUT_MS,
    // A read that a killed worker left is made again at once, not after its time-out.
    heartbeatTimeout: "8s",
    summary: summaryOf(summary),
  });
}

/** Somebody waits for these: they go ahead of what waits in the same queue. */
const FIRST = { priorityKey: 1 } as const;

/** Notices are read for at Dodo too, and can wait longest. */
const LATER = { priorityKey: 4 } as const;

function onceAtDodo(summary: string): Pick<Activities, "createPaymentLink" | "cancelSubscription"> {
  return proxyActivities<Activities>({
    taskQueue: dodoQueueOf(workflowInfo().taskQueue),
    retry: ONCE,
    startToCloseTimeout: READ_TIMEOUT_MS,
    priority: FIRST,
    summary: summaryOf(summary),
  });
}

const MAIL = {
  retry: { ...PATIENT, maximumInterval: "1h" },
  startToCloseTimeout: "2m",
  scheduleToCloseTimeout: 72 * HOUR_MS,
} as const;

/** It reads Dodo before it writes, and keeps the pace of all that does. */
function noticeActivities(summary: string): Pick<Activities, "sendNotice"> {
  const taskQueue = dodoQueueOf(workflowInfo().taskQueue);
  return proxyActivities<Activities>({
    ...MAIL,
    taskQueue,
    priority: LATER,
    summary: summaryOf(summary),
  });
}

function operatorActivities(summary: string): Pick<Activities, "notifyOperator"> {
  return proxyActivities<Activities>({ ...MAIL, summary: summaryOf(summary) });
}

/** The charge that is queued or under way, so that it can be taken back. */
export type ChargeScope = { current: CancellationScope | null };

/**
 * Starts one effect and gives its outcome as an event. Never rejects: what Temporal gives up on is an outcome
 * too, and of a charge it is `unknown`.
 */
export async function perform(
  effect: AwaitedEffect,
  recovery: Recovery,
  now: () => Instant,
  scope: ChargeScope,
): Promise<DomainEvent> {
  switch (effect.kind) {
    case "read":
      return await readDodo(effect, recovery, now());
    case "charge":
      return await charge(effect, recovery, now, scope);
    case "notice":
      return await sendNotice(effect, recovery, now());
    case "payment_link":
      return await makeLink(effect, recovery, now());
    case "cancel":
      return await cancelSubscription(effect, recovery, now());
    case "notify_operator":
      return await tellOperator(effect, recovery, now());
    case "publish":
      return await handOver(effect, recovery, now());
    case "report_charge_status":
      return await reportCharge(effect);
  }
}

async function readDodo(effect: ReadEffect, recovery: Recovery, at: Instant): Promise<DomainEvent> {
  const { id: effectId, kind: _, why, ...request } = effect;
  const { subscriptionId, recoveryId } = recovery;
  try {
    const activities = dodoActivities(`Read Dodo: ${why}`);
    const outcome = await activities.readDodo({ at, subscriptionId, recoveryId, ...request });
    return { kind: "read_finished", effectId, outcome };
  } catch (error) {
    return { kind: "effect_failed", effectId, detail: detailOf(error) };
  }
}

async function charge(
  effect: ChargeEffect,
  recovery: Recovery,
  now: () => Instant,
  scope: ChargeScope,
): Promise<DomainEvent> {
  const { id: effectId } = effect;
  const { subscriptionId, recoveryId } = recovery;
  const customerId = recovery.subscription?.customerId ?? subscriptionId;
  try {
    const outcome = await CancellationScope.cancellable(async () => {
      scope.current = CancellationScope.current();
      return await chargeActivities(effect, customerId).charge({
        at: now(),
        subscriptionId,
        recoveryId,
        key: effect.key,
        number: effect.number,
        amountMinor: effect.amountMinor,
        currency: effect.currency,
        failedPaymentId: effect.failedPaymentId,
        ...(recovery.debt?.requested === undefined ? {} : { asked: recovery.debt.requested }),
        expectedStatus: effect.expectedStatus,
        debt: debtContextOf(recovery),
        blockedMethods: recovery.blockedMethods,
        mode: recovery.mode ?? "act",
        latestStartAt: effect.latestStartAt,
        ...(effect.via === undefined ? {} : retryInput(effect.via, recovery)),
      });
    });
    return { kind: "charge_finished", effectId, outcome };
  } catch (error) {
    return { kind: "charge_finished", effectId, outcome: lostCharge(error, now()) };
  } finally {
    scope.current = null;
  }
}

function retryInput(
  via: NonNullable<ChargeEffect["via"]>,
  { attempts }: Recovery,
): Pick<ChargeInput, "via" | "knownPayments"> {
  return { via, knownPayments: paymentIdsOf(attempts) };
}

/** Taken back while it was queued; or its end was lost, and it may have happened. */
function lostCharge(
  error: unknown,
  now: Instant,
): Extract<DomainEvent, { kind: "charge_finished" }>["outcome"] {
  if (isCancellation(error)) {
    return { kind: "not_attempted", why: "withdrawn", detail: "taken back before it started" };
  }
  // A worker cut off from Temporal may still be sending: not for longer than this.
  return {
    kind: "unknown",
    detail: detailOf(error),
    sentNoLaterThan: now + CHARGE_LEAVES_WITHIN_MS,
  };
}

async function sendNotice(
  effect: NoticeEffect,
  recovery: Recovery,
  at: Instant,
): Promise<DomainEvent> {
  const { id: effectId, kind: _, ...notice } = effect;
  const { subscriptionId, recoveryId } = recovery;
  try {
    const activities = noticeActivities(`Notice: ${effect.notice}`);
    const outcome = await activities.sendNotice({
      at,
      subscriptionId,
      recoveryId,
      ...notice,
      ...capOf(recovery),
      debt: debtContextOf(recovery),
      mode: recovery.mode ?? "act",
    });
    return { kind: "notice_finished", effectId, outcome };
  } catch (error) {
    const outcome = { kind: "undeliverable", detail: detailOf(error) } as const;
    return { kind: "notice_finished", effectId, outcome };
  }
}

/** None in a policy that was pinned before there was one. */
function capOf({ policy }: Recovery): Pick<NoticeInput, "perWeek"> {
  const perWeek: number | undefined = policy?.notices.perCustomerWeek;
  return perWeek === undefined ? {} : { perWeek };
}

async function makeLink(
  effect: PaymentLinkEffect,
  recovery: Recovery,
  at: Instant,
): Promise<DomainEvent> {
  const { id: effectId, debtId } = effect;
  const { subscriptionId, recoveryId } = recovery;
  const input = {
    at,
    subscriptionId,
    recoveryId,
    debtId,
    debt: debtContextOf(recovery),
    mode: recovery.mode ?? "act",
  };
  try {
    const outcome = await onceAtDodo("Make a page to pay on").createPaymentLink(input);
    return { kind: "payment_link_finished", effectId, outcome };
  } catch (error) {
    const outcome = { kind: "unknown", detail: detailOf(error) } as const;
    return { kind: "payment_link_finished", effectId, outcome };
  }
}

async function cancelSubscription(
  effect: CancelEffect,
  recovery: Recovery,
  at: Instant,
): Promise<DomainEvent> {
  const { id: effectId } = effect;
  const { subscriptionId } = recovery;
  const input = { at, subscriptionId, debt: debtContextOf(recovery), mode: recovery.mode ?? "act" };
  try {
    const outcome = await onceAtDodo("Cancel the subscription").cancelSubscription(input);
    return { kind: "cancel_finished", effectId, outcome };
  } catch (error) {
    const outcome = { kind: "refused", code: detailOf(error) } as const;
    return { kind: "cancel_finished", effectId, outcome };
  }
}

async function tellOperator(
  effect: NotifyOperatorEffect,
  recovery: Recovery,
  at: Instant,
): Promise<DomainEvent> {
  const { id: effectId, alert } = effect;
  const { subscriptionId, recoveryId } = recovery;
  try {
    const activities = operatorActivities(`Notify the operator: ${alert.cause}`);
    const mode = recovery.mode ?? "act";
    await activities.notifyOperator({ at, subscriptionId, recoveryId, alert, mode });
    return { kind: "operator_notified", effectId, delivered: true };
  } catch {
    // The cause is in every view all the same; a mail that cannot be sent holds up nothing.
    return { kind: "operator_notified", effectId, delivered: false };
  }
}

/** The delivery goes on by itself: this waits for Temporal alone. */
async function handOver(
  { id: effectId, publications }: PublishEffect,
  { subscriptionId }: Recovery,
  at: Instant,
): Promise<DomainEvent> {
  const { handOverPublications } = proxyActivities<DeliveryActivities>({
    retry: PATIENT,
    startToCloseTimeout: "30s",
    summary: summaryOf(`Hand over: ${publications.map(({ type }) => type).join(", ")}`),
  });
  try {
    await handOverPublications({ at, subscriptionId, publications });
    return { kind: "published", effectId, enqueued: true };
  } catch {
    return { kind: "published", effectId, enqueued: false };
  }
}

/** One whose workflow is gone is followed by nobody: the record here is complete all the same. */
async function reportCharge({ id: effectId, status }: ReportChargeEffect): Promise<DomainEvent> {
  try {
    await getExternalWorkflowHandle(status.chargeId).signal(CHARGE_REPORTED_SIGNAL, status);
    return { kind: "charge_status_reported", effectId, delivered: true };
  } catch {
    return { kind: "charge_status_reported", effectId, delivered: false };
  }
}

function detailOf(error: unknown): string {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  const text = cause instanceof Error ? `${cause.name}: ${cause.message}` : "unknown error";
  return text.slice(0, 200);
}
