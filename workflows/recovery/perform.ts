import {
  ActivityCancellationType,
  ActivityFailure,
  CancellationScope,
  getExternalWorkflowHandle,
  isCancellation,
  proxyActivities,
  workflowInfo,
} from "@temporalio/workflow";
import type { Activities } from "../../activities/index.ts";
import type { DeliveryActivities } from "../../activities/webhooks/delivery.ts";
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
import type { ChargeOutcome, DomainEvent } from "../../domain/state/event.ts";
import type { Recovery } from "../../domain/state/recovery.ts";
import { describeAmount } from "../../domain/values/money.ts";
import { MINUTE_MS, SECOND_MS } from "../../domain/values/time.ts";
import { CHARGE_REPORTED_SIGNAL, chargeQueueOf, dodoQueueOf } from "../contract.ts";
import { summary as summaryOf } from "../shared/markdown.ts";
import { MAIL_HEARTBEAT_TIMEOUT, MAIL_PATIENCE_MS, PATIENT } from "../shared/retries.ts";
import {
  cancelInputOf,
  chargeInputOf,
  enqueueInputOf,
  noticeInputOf,
  notifyOperatorInputOf,
  paymentLinkInputOf,
  readInputOf,
} from "./activity-inputs.ts";
import {
  leanChargeInput,
  leanNoticeInput,
  leanReadInput,
  type RecordedActivities,
  wholeReadOutcome,
} from "./recorded-inputs.ts";

/** A charge activity sends its request within this time of its start, or not at all. */
export const CHARGE_SENT_WITHIN_MS = 10 * SECOND_MS;

/** For calls that must not be sent twice: one try, whatever its end. */
const ONCE = { maximumAttempts: 1 } as const;

/** Three requests of a minute each; further pages and single payments come on top. */
const READ_TIMEOUT_MS = 3 * MINUTE_MS;

/** Somebody waits for these: they go ahead of others in the same queue. */
const FIRST = { priorityKey: 1 } as const;

/** Notices can wait longest. */
const LATER = { priorityKey: 4 } as const;

const MAIL = {
  retry: { ...PATIENT, maximumInterval: "1h" },
  startToCloseTimeout: "2m",
  scheduleToCloseTimeout: MAIL_PATIENCE_MS,
} as const;

/** The charge that is queued or running, so that it can be withdrawn. */
export type ChargeScope = { current: CancellationScope | null };

/**
 * Starts one effect and resolves with its outcome as an event. Never rejects: what Temporal gives up on is an outcome
 * too, and for a charge that outcome is `unknown`.
 */
export async function perform(
  effect: AwaitedEffect,
  recovery: Recovery,
  scope: ChargeScope,
): Promise<DomainEvent> {
  switch (effect.kind) {
    case "read":
      return await readDodo(effect, recovery);
    case "charge":
      return await charge(effect, recovery, scope);
    case "notice":
      return await sendNotice(effect, recovery);
    case "payment_link":
      return await createPaymentLink(effect, recovery);
    case "cancel":
      return await cancelSubscription(effect, recovery);
    case "notify_operator":
      return await notifyOperator(effect, recovery);
    case "publish":
      return await enqueuePublications(effect, recovery);
    case "report_charge_status":
      return await reportChargeStatus(effect);
  }
}

async function readDodo(effect: ReadEffect, recovery: Recovery): Promise<DomainEvent> {
  const { id: effectId, why } = effect;
  const activities = proxyActivities<RecordedActivities>({
    taskQueue: dodoQueueOf(workflowInfo().taskQueue),
    retry: PATIENT,
    startToCloseTimeout: READ_TIMEOUT_MS,
    // Without a heartbeat, a read that a killed worker left would start again only after its time-out.
    heartbeatTimeout: "8s",
    summary: summaryOf(`Read Dodo: ${why}`),
  });
  try {
    const input = leanReadInput(readInputOf(effect, recovery, Date.now()));
    const outcome = wholeReadOutcome(await activities.readDodo(input));
    return { kind: "read_finished", effectId, outcome };
  } catch (error) {
    return { kind: "effect_failed", effectId, detail: detailOf(error) };
  }
}

async function charge(
  effect: ChargeEffect,
  recovery: Recovery,
  scope: ChargeScope,
): Promise<DomainEvent> {
  const { id: effectId } = effect;
  try {
    const outcome = await CancellationScope.cancellable(async () => {
      scope.current = CancellationScope.current();
      const input = leanChargeInput(chargeInputOf(effect, recovery, Date.now()));
      return await chargeActivities(effect, recovery).charge(input);
    });
    return { kind: "charge_finished", effectId, outcome };
  } catch (error) {
    return { kind: "charge_finished", effectId, outcome: lostChargeOutcome(error) };
  } finally {
    scope.current = null;
  }
}

function chargeActivities(
  { number, amountMinor, currency, requestTimeoutMs = MINUTE_MS }: ChargeEffect,
  { subscription, subscriptionId }: Recovery,
): Pick<RecordedActivities, "charge"> {
  const customerId = subscription?.customerId ?? subscriptionId;
  return proxyActivities<RecordedActivities>({
    taskQueue: chargeQueueOf(workflowInfo().taskQueue),
    retry: ONCE,
    startToCloseTimeout: requestTimeoutMs + CHARGE_SENT_WITHIN_MS,
    heartbeatTimeout: "8s",
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    priority: { fairnessKey: customerId.slice(0, 64) },
    summary: summaryOf(`Attempt ${number}: ${describeAmount(amountMinor, currency)}`),
  });
}

/** Withdrawn before it started; or its end was lost, and the charge may have happened. */
function lostChargeOutcome(error: unknown): ChargeOutcome {
  if (isCancellation(error)) {
    return { kind: "not_attempted", why: "withdrawn", detail: "withdrawn before it started" };
  }
  // A worker that lost its connection to Temporal may still send the request, for this long.
  const sentNoLaterThan = Date.now() + CHARGE_SENT_WITHIN_MS;
  return { kind: "unknown", detail: detailOf(error), sentNoLaterThan };
}

/** Sending a notice reads Dodo first, so it runs on Dodo's queue and keeps its rate. */
async function sendNotice(effect: NoticeEffect, recovery: Recovery): Promise<DomainEvent> {
  const { id: effectId, notice, giveUpAt } = effect;
  const activities = proxyActivities<RecordedActivities>({
    ...MAIL,
    ...(giveUpAt === undefined
      ? {}
      : { scheduleToCloseTimeout: Math.min(Math.max(giveUpAt - Date.now(), 1), MAIL_PATIENCE_MS) }),
    heartbeatTimeout: MAIL_HEARTBEAT_TIMEOUT,
    taskQueue: dodoQueueOf(workflowInfo().taskQueue),
    priority: LATER,
    summary: summaryOf(`Notice: ${notice}`),
  });
  try {
    const input = leanNoticeInput(noticeInputOf(effect, recovery, Date.now()));
    const outcome = await activities.sendNotice(input);
    return { kind: "notice_finished", effectId, outcome };
  } catch (error) {
    const outcome = { kind: "unsent", detail: detailOf(error) } as const;
    return { kind: "notice_finished", effectId, outcome };
  }
}

function onceAtDodo(summary: string): Pick<Activities, "createPaymentLink" | "cancelSubscription"> {
  return proxyActivities<Activities>({
    taskQueue: dodoQueueOf(workflowInfo().taskQueue),
    retry: ONCE,
    startToCloseTimeout: READ_TIMEOUT_MS,
    priority: FIRST,
    summary,
  });
}

async function createPaymentLink(
  effect: PaymentLinkEffect,
  recovery: Recovery,
): Promise<DomainEvent> {
  const { id: effectId } = effect;
  const input = paymentLinkInputOf(effect, recovery, Date.now());
  try {
    const outcome = await onceAtDodo("Create a payment link").createPaymentLink(input);
    return { kind: "payment_link_finished", effectId, outcome };
  } catch (error) {
    const outcome = { kind: "unknown", detail: detailOf(error) } as const;
    return { kind: "payment_link_finished", effectId, outcome };
  }
}

async function cancelSubscription(
  { id: effectId }: CancelEffect,
  recovery: Recovery,
): Promise<DomainEvent> {
  const input = cancelInputOf(recovery, Date.now());
  try {
    const outcome = await onceAtDodo("Cancel the subscription").cancelSubscription(input);
    return { kind: "cancel_finished", effectId, outcome };
  } catch (error) {
    const outcome = { kind: "refused", code: detailOf(error) } as const;
    return { kind: "cancel_finished", effectId, outcome };
  }
}

/** An alert that cannot be mailed holds up nothing: every view shows its cause. */
async function notifyOperator(
  effect: NotifyOperatorEffect,
  recovery: Recovery,
): Promise<DomainEvent> {
  const { id: effectId, alert } = effect;
  const summary = summaryOf(`Notify the operator: ${alert.cause}`);
  try {
    const activities = proxyActivities<Activities>({ ...MAIL, summary });
    await activities.notifyOperator(notifyOperatorInputOf(effect, recovery, Date.now()));
    return { kind: "operator_notified", effectId, delivered: true };
  } catch {
    return { kind: "operator_notified", effectId, delivered: false };
  }
}

/** Resolves once Temporal has the webhooks; a workflow of their own delivers them. */
async function enqueuePublications(
  effect: PublishEffect,
  recovery: Recovery,
): Promise<DomainEvent> {
  const { id: effectId, publications } = effect;
  const activities = proxyActivities<DeliveryActivities>({
    retry: PATIENT,
    startToCloseTimeout: "30s",
    summary: summaryOf(`Enqueue: ${publications.map(({ type }) => type).join(", ")}`),
  });
  try {
    await activities.enqueuePublications(enqueueInputOf(effect, recovery, Date.now()));
    return { kind: "published", effectId, enqueued: true };
  } catch {
    return { kind: "published", effectId, enqueued: false };
  }
}

/** The charge request's workflow may be gone: then nobody follows the charge, and this record is complete without it. */
async function reportChargeStatus({
  id: effectId,
  status,
}: ReportChargeEffect): Promise<DomainEvent> {
  try {
    await getExternalWorkflowHandle(status.chargeId).signal(CHARGE_REPORTED_SIGNAL, status);
    return { kind: "charge_status_reported", effectId, delivered: true };
  } catch {
    return { kind: "charge_status_reported", effectId, delivered: false };
  }
}

const DETAIL_MAX = 200;

function detailOf(error: unknown): string {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  const text = cause instanceof Error ? `${cause.name}: ${cause.message}` : "unknown error";
  return text.slice(0, DETAIL_MAX);
}
