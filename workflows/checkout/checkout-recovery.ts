import {
  ApplicationFailure,
  condition,
  defineSignal,
  isCancellation,
  proxyActivities,
  proxyLocalActivities,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from "@temporalio/workflow";
import type { CheckoutActivities } from "../../activities/checkout/checkout.ts";
import {
  type Checkout,
  type CheckoutDecision,
  type CheckoutEvent,
  type CheckoutNoticeOutcome,
  type CheckoutOutcome,
  type CheckoutReading,
  type CheckoutReport,
  type CheckoutStep,
  newCheckout,
} from "../../domain/checkout/checkout.ts";
import type { TimelineEntry } from "../../domain/decision/timeline.ts";
import type { Alert } from "../../domain/state/alert.ts";
import { parsePaymentId, type PaymentId } from "../../domain/values/ids.ts";
import { HOUR_MS } from "../../domain/values/time.ts";
import { CHECKOUT_REPORTED_SIGNAL, dodoQueueOf } from "../contract.ts";
import { DECIDE_OPTIONS, decided } from "../shared/decided.ts";
import { failureText } from "../shared/failure-text.ts";
import { summary } from "../shared/markdown.ts";
import { MAIL_HEARTBEAT_TIMEOUT, PATIENT } from "../shared/retries.ts";
import { checkoutDetails } from "./checkout-details.ts";

export type CheckoutInput = { readonly paymentId: string };

/** The workflow's result. */
export type CheckoutResult = {
  readonly paymentId: PaymentId;
  readonly outcome: CheckoutOutcome;
  readonly rule: string;
  readonly reason: string;
  /** Notices sent, or recorded in shadow mode. */
  readonly notices: number;
};

const { decideCheckout } = proxyLocalActivities<CheckoutActivities>(DECIDE_OPTIONS);

/** A checkout can wait longer than a recovery. */
const RETRY = { ...PATIENT, initialInterval: "5s" } as const;

/** A checkout lasts about a day, so longer outages end the step. */
const GIVE_UP_MS = 26 * HOUR_MS;

/**
 * Follows one payment without a subscription that was not completed: one notice, at most one reminder, and never a charge.
 * Decisions are recorded as a recovery's are.
 */
export async function checkoutRecovery(input: CheckoutInput): Promise<CheckoutResult> {
  const paymentId = parsePaymentId(input.paymentId);
  if (paymentId === null)
    throw ApplicationFailure.nonRetryable(`expected a payment id, not ${input.paymentId}`);
  let checkout = newCheckout(paymentId);
  let event: CheckoutEvent = { kind: "opened" };
  const timeline: TimelineEntry[] = [];
  const reports: CheckoutReport[] = [];
  setHandler(
    defineSignal<[CheckoutReport]>(CHECKOUT_REPORTED_SIGNAL),
    (report) => {
      // Dodo delivers a webhook more than once: of each kind the latest report is enough.
      const known = reports.findIndex(({ kind }) => kind === report.kind);
      reports.splice(known === -1 ? reports.length : known, 1, report);
    },
    {
      description: "A webhook about the checkout's payment, or about a later one of its customer.",
    },
  );
  for (;;) {
    const decision: CheckoutDecision = await decided(() =>
      decideCheckout.executeWithOptions({ ...DECIDE_OPTIONS, summary: nameOf(event) }, [
        { checkout, event, at: Date.now() },
      ]),
    );
    const { step, rule, reason } = decision;
    checkout = { ...checkout, ...decision.changes };
    timeline.push({ at: Date.now(), rule, reason });
    setCurrentDetails(checkoutDetails(checkout, timeline));
    if (step.kind === "end") {
      const notices = checkout.noticedAt.length;
      return { paymentId, outcome: step.outcome, rule, reason, notices };
    }
    event = await perform(step, checkout, reports);
  }
}

/** The event that is decided on, as the Temporal Web UI shows it. */
function nameOf(event: CheckoutEvent): string {
  const name = event.kind.replaceAll("_", " ");
  return event.kind === "notice_finished" ? `${name}: ${event.outcome.kind}` : name;
}

async function perform(
  step: Exclude<CheckoutStep, { readonly kind: "end" }>,
  checkout: Checkout,
  reports: CheckoutReport[],
): Promise<CheckoutEvent> {
  switch (step.kind) {
    case "wait": {
      const durationMs = Math.max(step.until - Date.now(), 1);
      await condition(() => reports.length > 0, durationMs, { summary: summary(step.what) });
      const report = reports.shift();
      return report === undefined ? { kind: "timer_fired" } : { kind: "reported", report };
    }
    case "read":
      return { kind: "read", reading: await readCheckout(checkout) };
    case "notify_operator":
      await notifyOperator(step.alert, checkout);
      return { kind: "operator_notified" };
    case "notice":
      return { kind: "notice_finished", outcome: await sendNotice(step, checkout) };
  }
}

async function readCheckout({ paymentId, recovered }: Checkout): Promise<CheckoutReading> {
  const { readCheckout } = proxyActivities<CheckoutActivities>({
    taskQueue: dodoQueueOf(workflowInfo().taskQueue),
    retry: RETRY,
    startToCloseTimeout: "3m",
    scheduleToCloseTimeout: GIVE_UP_MS,
    // Reads of recoveries go first in this queue.
    priority: { priorityKey: 4 },
    summary: "Read Dodo",
  });
  const paidBy = recovered?.paidBy ?? null;
  return await readCheckout({ at: Date.now(), paymentId, ...(paidBy === null ? {} : { paidBy }) });
}

/** A report that cannot be made does not hold up the notices; the log has it too. */
async function notifyOperator(alert: Alert, { paymentId, mode }: Checkout): Promise<void> {
  const { notifyOfCheckout } = proxyActivities<CheckoutActivities>({
    retry: RETRY,
    startToCloseTimeout: "30s",
    scheduleToCloseTimeout: "10m",
    summary: `Notify the operator: ${alert.cause}`,
  });
  try {
    await notifyOfCheckout({ at: Date.now(), paymentId, alert, mode: mode ?? "shadow" });
  } catch (error) {
    if (isCancellation(error)) throw error;
  }
}

async function sendNotice(
  { notice, number, declineCode }: CheckoutStep & { readonly kind: "notice" },
  { paymentId, mode, codes, recovered }: Checkout,
): Promise<CheckoutNoticeOutcome> {
  const { sendCheckoutNotice } = proxyActivities<CheckoutActivities>({
    taskQueue: dodoQueueOf(workflowInfo().taskQueue),
    priority: { priorityKey: 4 },
    retry: { ...RETRY, maximumInterval: "1h" },
    startToCloseTimeout: "2m",
    scheduleToCloseTimeout: GIVE_UP_MS,
    heartbeatTimeout: MAIL_HEARTBEAT_TIMEOUT,
    summary: `Notice: ${notice}`,
  });
  const at = Date.now();
  try {
    return await sendCheckoutNotice({
      at,
      paymentId,
      ...(recovered == null ? {} : { paidBy: recovered.paidBy }),
      notice,
      number,
      declineCode,
      codes,
      mode: mode ?? "shadow",
    });
  } catch (error) {
    return { kind: "unsent", detail: failureText(error) };
  }
}
