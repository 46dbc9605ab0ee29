import { type Client, WorkflowNotFoundError, WorkflowUpdateFailedError } from "@temporalio/client";
import { ApplicationFailure } from "@temporalio/common";
import type { RefusalCode } from "../../domain/state/command.ts";
import type { WebhookEvent } from "../../domain/state/event.ts";
import type { Outcome } from "../../domain/state/outcome.ts";
import type { Recovery } from "../../domain/state/recovery.ts";
import type { DebtId, SubscriptionId } from "../../domain/values/ids.ts";
import { describeAmount, money, type Money } from "../../domain/values/money.ts";
import {
  type LinkAnswer,
  type LinkInput,
  recoveryStartOf,
  RECOVERY_EVENT_SIGNAL,
  RECOVERY_QUERY,
  type RecoveryView,
  SUBSCRIPTION_RECOVERY,
  UPDATES,
  workflowIdOf,
} from "../../workflows/contract.ts";
import { callTemporal, signalIfOpen, type SignalResult } from "./call-temporal.ts";
import { type DebtFacts, debtFactsOf } from "./debt-facts.ts";

/** Dodo has to create the payment page, which takes longer than a call to Temporal. */
export const LINK_DEADLINE_MS = 15_000;

/** What the customer's page shows of a debt. `facts` is absent where no recovery is known. */
export type DebtView = DebtState & { readonly facts?: DebtFacts };

export type DebtState =
  /** `handledPayments`: payments that failed or were abandoned. */
  | { readonly kind: "owed"; readonly total: Money; readonly handledPayments: readonly string[] }
  | { readonly kind: "being_processed"; readonly total: Money }
  /** A payment waits for the customer. `hasPage`: Dodo has a page for it. */
  | { readonly kind: "needs_confirmation"; readonly total: Money; readonly hasPage: boolean }
  | { readonly kind: "paid" | "cancelled" | "nothing_owed" };

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
        (connected) => createPaymentLink(connected, id, debtId),
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
    return { ...viewOf(recovery, debtId), facts: debtFactsOf(recovery, debtId) };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return { kind: "nothing_owed" };
    throw error;
  }
}

function viewOf(recovery: Recovery, debtId: DebtId): DebtState {
  const { debt, settlement, closing, charge, followUp, ended, handledPayments, waitingPayment } =
    recovery;
  if (debt === null || debt.id !== debtId) {
    return endedView(ended.find((one) => one.debtId === debtId)?.outcome ?? null);
  }
  if (settlement !== null) return { kind: "paid" };
  if (closing !== null) return endedView(closing.outcome);
  const total = money(debt.totalMinor, debt.currency);
  if (waitingPayment?.waitsFor === "customer") {
    return { kind: "needs_confirmation", total, hasPage: waitingPayment.hasPage };
  }
  const isOpen = followUp?.reason === "open_payment" || followUp?.reason === "pending_payment";
  if (charge !== null || isOpen) return { kind: "being_processed", total };
  return { kind: "owed", total, handledPayments };
}

function endedView(outcome: Outcome | null): DebtState {
  switch (outcome) {
    case "recovered":
    case "collected":
      return { kind: "paid" };
    case "cancelled":
      return { kind: "cancelled" };
    case "exhausted":
    case "written_off":
    case "nothing_owed":
    case null:
      return { kind: "nothing_owed" };
  }
}

async function createPaymentLink(
  client: Client,
  subscriptionId: SubscriptionId,
  debtId: DebtId,
): Promise<LinkResult> {
  const result = await update<LinkAnswer>(
    client,
    subscriptionId,
    UPDATES.createPaymentLink,
    debtId,
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
): Promise<
  | { readonly kind: "done"; readonly answer: Answer }
  | { readonly kind: "refused"; readonly code: RefusalCode }
> {
  try {
    const handle = client.workflow.getHandle(workflowIdOf(subscriptionId));
    const answer = await handle.executeUpdate<Answer, [LinkInput]>(name, { args: [{ debtId }] });
    return { kind: "done", answer };
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
