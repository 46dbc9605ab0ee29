import { type Client, WorkflowNotFoundError, WorkflowUpdateFailedError } from "@temporalio/client";
import { ApplicationFailure } from "@temporalio/common";
import type { Routed } from "../../dodo/webhook-events.ts";
import type { RefusalCode } from "../../domain/state/command.ts";
import type { WebhookEvent } from "../../domain/state/event.ts";
import type { Outcome } from "../../domain/state/outcome.ts";
import type { Recovery } from "../../domain/state/recovery.ts";
import type { DebtId, SubscriptionId } from "../../domain/values/ids.ts";
import { describeMoney, money, type Money } from "../../domain/values/money.ts";
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
import { askTemporal, tellOpen } from "./ask-temporal.ts";

/** A page is made by asking Dodo, which may take its time; the customer is looking. */
export const LINK_DEADLINE_MS = 15_000;

/** What the customer's page shows of a debt. */
export type DebtView =
  /** `handledPayments`: payments that failed or were left. */
  | { readonly kind: "owed"; readonly total: Money; readonly handledPayments: readonly string[] }
  | { readonly kind: "being_processed"; readonly total: Money }
  | { readonly kind: "paid" | "cancelled" | "nothing_owed" };

export type LinkResult =
  | { readonly kind: "page"; readonly url: string }
  | { readonly kind: "refused"; readonly code: RefusalCode };

/** The recoveries as the gateway sees them; every call ends within the deadline, one way or the other. */
export type Recoveries = {
  /** Resolves once Temporal holds the event, or there is no recovery it could concern. */
  readonly tell: (routed: Routed) => Promise<"told" | "none_open">;
  /** @throws TemporalUnavailableError when no worker answers in time */
  readonly view: (subscriptionId: SubscriptionId, debtId: DebtId) => Promise<DebtView>;
  /** Asks the recovery for a page to pay on; it is recorded there. */
  readonly createPaymentLink: (
    subscriptionId: SubscriptionId,
    debtId: DebtId,
  ) => Promise<LinkResult>;
  /** Writes no more reminders of this debt. @returns false where it cannot be said yet */
  readonly stopReminders: (subscriptionId: SubscriptionId, debtId: DebtId) => Promise<boolean>;
  readonly isReachable: () => Promise<boolean>;
};

/** @param client null until a connection is made */
export function createRecoveries(client: () => Client | null, taskQueue: string): Recoveries {
  return {
    tell: (routed) => askTemporal(client, (connected) => tell(connected, taskQueue, routed)),
    view: (id, debtId) => askTemporal(client, (connected) => view(connected, id, debtId)),
    createPaymentLink: (id, debtId) =>
      askTemporal(
        client,
        (connected) => createPaymentLink(connected, id, debtId),
        LINK_DEADLINE_MS,
      ),
    stopReminders: (id, debtId) =>
      askTemporal(client, (connected) => stopReminders(connected, id, debtId)),
    isReachable: async () => {
      try {
        await askTemporal(client, ({ workflowService }) => workflowService.getSystemInfo({}));
        return true;
      } catch {
        return false;
      }
    },
  };
}

async function tell(
  client: Client,
  taskQueue: string,
  { subscriptionId, event, opens }: Routed,
): Promise<"told" | "none_open"> {
  if (opens) {
    const options = recoveryStartOf(subscriptionId, event, summaryOf(event));
    await client.workflow.signalWithStart(SUBSCRIPTION_RECOVERY, { ...options, taskQueue });
    return "told";
  }
  return await tellOpen(client, workflowIdOf(subscriptionId), RECOVERY_EVENT_SIGNAL, event);
}

async function view(
  client: Client,
  subscriptionId: SubscriptionId,
  debtId: DebtId,
): Promise<DebtView> {
  try {
    const handle = client.workflow.getHandle(workflowIdOf(subscriptionId));
    const { recovery } = await handle.query<RecoveryView>(RECOVERY_QUERY);
    return viewOf(recovery, debtId);
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return { kind: "nothing_owed" };
    throw error;
  }
}

function viewOf(recovery: Recovery, debtId: DebtId): DebtView {
  const { debt, settlement, closing, charge, followUp, ended, handledPayments } = recovery;
  if (debt === null || debt.id !== debtId) {
    return endedView(ended.find((one) => one.debtId === debtId)?.outcome ?? null);
  }
  if (settlement !== null) return { kind: "paid" };
  if (closing !== null) return endedView(closing.outcome);
  const total = money(debt.totalMinor, debt.currency);
  const isOpen = followUp?.reason === "open_payment" || followUp?.reason === "pending_payment";
  if (charge !== null || isOpen) return { kind: "being_processed", total };
  return { kind: "owed", total, handledPayments };
}

function endedView(outcome: Outcome | null): DebtView {
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
  const said = await update<LinkAnswer>(client, subscriptionId, UPDATES.createPaymentLink, debtId);
  return said.kind === "refused" ? said : { kind: "page", url: said.answer.url };
}

async function stopReminders(
  client: Client,
  subscriptionId: SubscriptionId,
  debtId: DebtId,
): Promise<boolean> {
  const said = await update(client, subscriptionId, UPDATES.stopReminders, debtId);
  // What has ended reminds nobody.
  return said.kind === "done" || said.code !== "not_now";
}

/** What a customer's link asks of the recovery. @returns its answer, or its own no */
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
] satisfies RefusalCode[];

/** A recovery's own no, or null for what went wrong on the way there. */
function refusalOf(error: unknown): RefusalCode | null {
  // Closed, or closing while the update was under way: nothing is owed there any more.
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
  return `${describeMoney(money(totalMinor, currency))} failed${code}`;
}
