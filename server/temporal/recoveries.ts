import {
  type Client,
  WithStartWorkflowOperation,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
} from "@temporalio/client";
import { ApplicationFailure, type Workflow } from "@temporalio/common";
import type { RefusalCode } from "../../domain/state/command.ts";
import type { WebhookEvent } from "../../domain/state/event.ts";
import type { DebtId, SubscriptionId } from "../../domain/values/ids.ts";
import { describeAmount } from "../../domain/values/money.ts";
import {
  lateRecoveryStartOf,
  type LinkAnswer,
  type LinkInput,
  RECOVERY_EVENT_SIGNAL,
  RECOVERY_QUERY,
  recoveryStartOf,
  type RecoveryView,
  SUBSCRIPTION_RECOVERY,
  UPDATES,
  workflowIdOf,
} from "../../workflows/contract.ts";
import { callTemporal, signalIfOpen, type SignalResult } from "./call-temporal.ts";
import { debtFactsOf } from "./debt-facts.ts";
import { type DebtView, debtViewOf } from "./debt-view.ts";

/** Dodo has to create the payment page, which takes longer than a call to Temporal. */
export const LINK_DEADLINE_MS = 15_000;

export type LinkResult =
  | { readonly kind: "page"; readonly url: string }
  | { readonly kind: "refused"; readonly code: RefusalCode };

/** An event for one recovery. `opens`: it opens the recovery if none is open. */
export type RecoveryEvent = {
  readonly subscriptionId: SubscriptionId;
  readonly event: WebhookEvent;
  readonly opens: boolean;
};

/** What webhooks and customers' pages do with recoveries. Every call ends within its deadline. */
export type Recoveries = {
  /** Resolves once Temporal has the event. */
  readonly signal: (event: RecoveryEvent) => Promise<SignalResult>;
  /** @throws TemporalUnavailableError when no worker answers in time */
  readonly view: (subscriptionId: SubscriptionId, debtId: DebtId) => Promise<DebtView>;
  /** Has the recovery create a payment link, which its history records. */
  readonly createPaymentLink: (
    subscriptionId: SubscriptionId,
    debtId: DebtId,
  ) => Promise<LinkResult>;
  /** Stops the reminders of this debt. @returns false if the recovery cannot do so yet */
  readonly stopReminders: (subscriptionId: SubscriptionId, debtId: DebtId) => Promise<boolean>;
  readonly isReachable: () => Promise<boolean>;
};

/** @param client null until connected */
export function createRecoveries(client: () => Client | null, taskQueue: string): Recoveries {
  return {
    signal: (event) => callTemporal(client, (connected) => signal(connected, taskQueue, event)),
    view: (id, debtId) => callTemporal(client, (connected) => view(connected, id, debtId)),
    createPaymentLink: (id, debtId) =>
      callTemporal(
        client,
        (connected) => createPaymentLink(connected, taskQueue, id, debtId),
        LINK_DEADLINE_MS,
      ),
    stopReminders: (id, debtId) =>
      callTemporal(client, (connected) => stopReminders(connected, id, debtId)),
    isReachable: async () => {
      try {
        await callTemporal(client, ({ workflowService }) => workflowService.getSystemInfo({}));
        return true;
      } catch {
        return false;
      }
    },
  };
}

async function signal(
  client: Client,
  taskQueue: string,
  { subscriptionId, event, opens }: RecoveryEvent,
): Promise<SignalResult> {
  if (opens) {
    const options = recoveryStartOf(subscriptionId, event, summaryOf(event));
    await client.workflow.signalWithStart(SUBSCRIPTION_RECOVERY, { ...options, taskQueue });
    return "signaled";
  }
  return await signalIfOpen(client, workflowIdOf(subscriptionId), RECOVERY_EVENT_SIGNAL, event);
}

async function view(
  client: Client,
  subscriptionId: SubscriptionId,
  debtId: DebtId,
): Promise<DebtView> {
  try {
    const handle = client.workflow.getHandle(workflowIdOf(subscriptionId));
    const { recovery } = await handle.query<RecoveryView>(RECOVERY_QUERY);
    return { ...debtViewOf(recovery, debtId), facts: debtFactsOf(recovery, debtId) };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return { kind: "nothing_owed" };
    throw error;
  }
}

async function createPaymentLink(
  client: Client,
  taskQueue: string,
  subscriptionId: SubscriptionId,
  debtId: DebtId,
): Promise<LinkResult> {
  const name = UPDATES.createPaymentLink;
  const result = await update<LinkAnswer>(client, subscriptionId, name, debtId);
  if (result.kind === "done") return { kind: "page", url: result.answer.url };
  if (result.code !== "nothing_owed") return result;
  const seen = await view(client, subscriptionId, debtId);
  return seen.kind === "owed" && seen.late === true
    ? await payLate(client, taskQueue, subscriptionId, debtId)
    : result;
}

/**
 * Starts a run for a debt that ended as `exhausted`. Several presses, and a webhook at the same moment, lead to one run: an
 * open one decides by itself.
 */
async function payLate(
  client: Client,
  taskQueue: string,
  subscriptionId: SubscriptionId,
  debtId: DebtId,
): Promise<LinkResult> {
  const startWorkflowOperation = new WithStartWorkflowOperation(SUBSCRIPTION_RECOVERY, {
    ...lateRecoveryStartOf(subscriptionId, debtId),
    taskQueue,
  });
  const result = await answerOf<LinkAnswer>(
    client.workflow.executeUpdateWithStart<Workflow, LinkAnswer, [LinkInput]>(
      UPDATES.createPaymentLink,
      { args: [{ debtId }], startWorkflowOperation },
    ),
  );
  return result.kind === "refused" ? result : { kind: "page", url: result.answer.url };
}

async function stopReminders(
  client: Client,
  subscriptionId: SubscriptionId,
  debtId: DebtId,
): Promise<boolean> {
  const result = await update(client, subscriptionId, UPDATES.stopReminders, debtId);
  // Any other refusal means that the debt has ended, and with it its reminders.
  return result.kind === "done" || result.code !== "not_now";
}

/** Runs an update on the recovery. @returns its answer, or the code of its refusal */
async function update<Answer>(
  client: Client,
  subscriptionId: SubscriptionId,
  name: string,
  debtId: DebtId,
): Promise<UpdateResult<Answer>> {
  const handle = client.workflow.getHandle(workflowIdOf(subscriptionId));
  return await answerOf(handle.executeUpdate<Answer, [LinkInput]>(name, { args: [{ debtId }] }));
}

type UpdateResult<Answer> =
  | { readonly kind: "done"; readonly answer: Answer }
  | { readonly kind: "refused"; readonly code: RefusalCode };

async function answerOf<Answer>(running: Promise<Answer>): Promise<UpdateResult<Answer>> {
  try {
    return { kind: "done", answer: await running };
  } catch (error) {
    const code = refusalOf(error);
    if (code === null) throw error;
    return { kind: "refused", code };
  }
}

const REFUSALS: readonly string[] = [
  "nothing_owed",
  "being_processed",
  "not_now",
  "stale_link",
  "confirm_with_bank",
  "not_payable",
] satisfies RefusalCode[];

/** The code of a recovery's refusal; null for any other error. */
function refusalOf(error: unknown): RefusalCode | null {
  // The recovery has ended, or ended while it handled the update: nothing is owed.
  if (error instanceof WorkflowNotFoundError) return "nothing_owed";
  if (!(error instanceof WorkflowUpdateFailedError)) return null;
  const cause = error.cause;
  const type = cause instanceof ApplicationFailure ? (cause.type ?? "") : "";
  if (type === "AcceptedUpdateCompletedWorkflow") return "nothing_owed";
  return REFUSALS.includes(type) ? (type as RefusalCode) : null;
}

function summaryOf(event: WebhookEvent): string {
  if (event.kind !== "payment_reported") return `Opened by ${event.type}`;
  const { totalMinor, currency, declineCode } = event.payment;
  const code = declineCode === null ? "" : `: ${declineCode.slice(0, 60)}`;
  return `${describeAmount(totalMinor, currency)} failed${code}`;
}
