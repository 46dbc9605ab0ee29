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
import { whyFailed } from "../shared/failure-text.ts";
import { PATIENT } from "../shared/retries.ts";
import { mandateDetails } from "./mandate-details.ts";

const mandateReported = defineSignal<[MandateReport]>(MANDATE_REPORTED_SIGNAL);

const { decideMandate } = proxyLocalActivities<MandateActivities>(DECIDE_OPTIONS);

/**
 * Holds the idempotency of one mandate that was asked of us, has Dodo make its checkout, and follows it to its end by webhooks
 * and by reading. Each decision is recorded, as a recovery's are. Temporal's Cancel does not take the checkout back.
 */
export async function mandateSetup(input: MandateInput): Promise<MandateStatus> {
  const mandateId = parseMandateId(workflowInfo().workflowId);
  if (mandateId === null) throw ApplicationFailure.nonRetryable("not an id of a mandate");
  return await CancellationScope.nonCancellable(() => follow(newMandate(mandateId), input));
}

async function follow(
  begun: Mandate,
  { mandate: asked, by }: MandateInput,
): Promise<MandateStatus> {
  const reports: MandateReport[] = [];
  setHandler(mandateReported, (report) => void reports.push(report), {
    description: "Dodo reports the mandate's subscription, or its payment.",
  });
  let mandate = begun;
  let event: MandateEvent = { kind: "opened" };
  const timeline: TimelineEntry[] = [];
  for (;;) {
    const { changes, step, rule, reason } = await decided(() =>
      decideMandate({ mandate, event, at: Date.now() }),
    );
    mandate = { ...mandate, ...changes };
    timeline.push({ at: Date.now(), rule, reason });
    const standing = mandateStatusOf(mandate, reason, Date.now());
    upsertMemo({ standing });
    setCurrentDetails(mandateDetails(mandate, asked, by, timeline));
    if (step.kind === "end") return standing;
    event = await perform(step, mandate, asked, reports);
  }
}

async function perform(
  step: Exclude<MandateStep, { readonly kind: "end" }>,
  mandate: Mandate,
  asked: RequestedMandate,
  reports: MandateReport[],
): Promise<MandateEvent> {
  switch (step.kind) {
    case "create":
      return { kind: "checkout", creation: await createCheckout(mandate, asked) };
    case "read":
      return { kind: "read", reading: await readMandate(mandate) };
    case "wait": {
      const waitMs = Math.max(step.until - Date.now(), 1);
      await condition(() => reports.length > 0, waitMs, { summary: step.what });
      // A reading tells of all that was reported before it.
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
  asked: RequestedMandate,
): Promise<CheckoutCreation> {
  const { createCheckout } = proxyActivities<MandateActivities>({
    ...AT_DODO,
    taskQueue: dodoQueueOf(workflowInfo().taskQueue),
    // A customer waits for the page, and after a day nobody does.
    scheduleToCloseTimeout: "24h",
    priority: { priorityKey: 1 },
    summary: "Ask Dodo for a checkout",
  });
  try {
    return await createCheckout({ at: Date.now(), mandateId, asked });
  } catch (error) {
    return { kind: "given_up", detail: whyFailed(error) };
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
