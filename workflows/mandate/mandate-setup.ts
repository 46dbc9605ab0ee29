import {
  ApplicationFailure,
  CancellationScope,
  condition,
  defineSignal,
  proxyActivities,
  proxyLocalActivities,
  setCurrentDetails,
  setHandler,
  upsertMemo,
  workflowInfo,
} from "@temporalio/workflow";
import type { MandateActivities } from "../../activities/mandate/mandate.ts";
import type { TimelineEntry } from "../../domain/decision/timeline.ts";
import type { MandateReport } from "../../domain/mandate/mandate.ts";
import {
  type CheckoutCreation,
  type Mandate,
  type MandateEvent,
  type MandateReading,
  type MandateStatus,
  mandateStatusOf,
  type MandateStep,
  newMandate,
  type RequestedMandate,
} from "../../domain/mandate/mandate.ts";
import { parseMandateId, parseSubscriptionId } from "../../domain/values/ids.ts";
import { dodoQueueOf, MANDATE_REPORTED_SIGNAL, type MandateInput } from "../contract.ts";
import { DECIDE_OPTIONS, decided } from "../shared/decided.ts";
import { failureText } from "../shared/failure-text.ts";
import { summary } from "../shared/markdown.ts";
import { PATIENT } from "../shared/retries.ts";
import { mandateDetails } from "./mandate-details.ts";

const mandateReported = defineSignal<[MandateReport]>(MANDATE_REPORTED_SIGNAL);

const { decideMandate } = proxyLocalActivities<MandateActivities>(DECIDE_OPTIONS);

/**
 * Sets up one requested mandate; its workflow id makes the request idempotent. Asks Dodo for a checkout, and follows it to
 * its end by webhooks and reads. Decisions are recorded as a recovery's are. Temporal's Cancel does not withdraw the
 * checkout.
 */
export async function mandateSetup(input: MandateInput): Promise<MandateStatus> {
  const mandateId = parseMandateId(workflowInfo().workflowId);
  if (mandateId === null)
    throw ApplicationFailure.nonRetryable("the workflow id is not a mandate id");
  return await CancellationScope.nonCancellable(() => follow(newMandate(mandateId), input));
}

async function follow(
  initial: Mandate,
  { mandate: request, by }: MandateInput,
): Promise<MandateStatus> {
  const reports: MandateReport[] = [];
  setHandler(mandateReported, (report) => void reports.push(report), {
    description: "A webhook about the mandate's subscription, or its payment.",
  });
  let mandate = initial;
  let event: MandateEvent = { kind: "opened" };
  const timeline: TimelineEntry[] = [];
  for (;;) {
    const { changes, step, rule, reason } = await decided(() =>
      decideMandate.executeWithOptions(
        { ...DECIDE_OPTIONS, summary: event.kind.replaceAll("_", " ") },
        [{ mandate, event, at: Date.now() }],
      ),
    );
    mandate = { ...mandate, ...changes };
    timeline.push({ at: Date.now(), rule, reason });
    const status = mandateStatusOf(mandate, reason, Date.now());
    upsertMemo({ status });
    setCurrentDetails(mandateDetails(mandate, request, by, timeline));
    if (step.kind === "end") return status;
    event = await perform(step, mandate, request, reports);
  }
}

async function perform(
  step: Exclude<MandateStep, { readonly kind: "end" }>,
  mandate: Mandate,
  request: RequestedMandate,
  reports: MandateReport[],
): Promise<MandateEvent> {
  switch (step.kind) {
    case "create":
      return { kind: "checkout", creation: await createCheckout(mandate, request) };
    case "read":
      return { kind: "read", reading: await readMandate(mandate) };
    case "wait": {
      const waitMs = Math.max(step.until - Date.now(), 1);
      await condition(() => reports.length > 0, waitMs, { summary: summary(step.what) });
      // One read covers all reports before it.
      const last = reports.splice(0).at(-1);
      if (last === undefined) return { kind: "timer_fired" };
      const subscriptionId = parseSubscriptionId(last.subscriptionId);
      return { kind: "reported", type: last.type, subscriptionId };
    }
  }
}

const AT_DODO = { retry: PATIENT, startToCloseTimeout: "3m", heartbeatTimeout: "8s" } as const;

async function createCheckout(
  { mandateId }: Mandate,
  requested: RequestedMandate,
): Promise<CheckoutCreation> {
  const { createCheckout } = proxyActivities<MandateActivities>({
    ...AT_DODO,
    taskQueue: dodoQueueOf(workflowInfo().taskQueue),
    // A customer is waiting for the page; after a day they have left.
    scheduleToCloseTimeout: "24h",
    priority: { priorityKey: 1 },
    summary: "Ask Dodo for a checkout",
  });
  try {
    return await createCheckout({ at: Date.now(), mandateId, requested });
  } catch (error) {
    return { kind: "given_up", detail: failureText(error) };
  }
}

async function readMandate({ sessionId, subscriptionId }: Mandate): Promise<MandateReading> {
  const { readMandate } = proxyActivities<MandateActivities>({
    ...AT_DODO,
    taskQueue: dodoQueueOf(workflowInfo().taskQueue),
    summary: "Read Dodo",
  });
  return await readMandate({ at: Date.now(), sessionId, subscriptionId });
}
