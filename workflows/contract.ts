import { defineSearchAttributeKey } from "@temporalio/common";
import type { TimelineEntry } from "../domain/decision/timeline.ts";
import type { MandateStatus, RequestedMandate } from "../domain/mandate/mandate.ts";
import type { OperatorReport } from "../domain/reporting/operator-digest.ts";
import type { AttentionCause } from "../domain/state/attention.ts";
import type { ImportState } from "../domain/import/body.ts";
import type { ImportOrder } from "../domain/import/import.ts";
import type { ChargeRequested, DebtImported, WebhookEvent } from "../domain/state/event.ts";
import type { RecoveryState } from "../domain/state/outcome.ts";
import type { Publication } from "../domain/state/publication.ts";
import type { Recovery } from "../domain/state/recovery.ts";
import type { RequestedCharge, RequestedChargeStatus } from "../domain/state/requested-charge.ts";
import {
  type DebtId,
  type MandateId,
  type PaymentId,
  type RecoveryId,
  recoveryIdOf,
  type SubscriptionId,
} from "../domain/values/ids.ts";
import type { Instant } from "../domain/values/time.ts";
import { code, summary as summaryOf } from "./shared/markdown.ts";

// Names that other programs rely on: add, never rename.
export const SUBSCRIPTION_RECOVERY = "subscriptionRecovery";

export const RECONCILIATION_SWEEP = "reconciliationSweep";
/** The id of the sweep's schedule, and the prefix of the workflow ids it starts. */
export const SWEEP_SCHEDULE = "reprise-reconciliation";
/** In the memo of the sweep's schedule: the mode at Dodo that owns the namespace, `test_mode` or `live_mode`. */
export const MODE_MEMO = "reprise_mode";
/** The id of the schedule with that memo where an earlier version created the sweep's schedule, without a mode. */
export const MODE_RECORD = "reprise-mode";
/** The id of the schedule whose memo names the business at Dodo that owns the namespace. */
export const BUSINESS_RECORD = "reprise-business";
export const BUSINESS_MEMO = "reprise_business_id";
/** In the same memo: who named the business, a `BusinessSource`. */
export const BUSINESS_SOURCE_MEMO = "reprise_business_source";
/** A webhook's business is a hint; that of a payment, which the API key reads, is evidence. */
export type BusinessSource = "webhook" | "api_key";
export const LEDGER_CHECK = "ledgerCheck";
/** The id of the schedule that runs it every night, and the prefix of the workflow ids it starts. */
export const LEDGER_SCHEDULE = "reprise-ledger";
export const DEBT_IMPORT = "debtImport";
/** The query of an import: `ImportView`. Its argument: `ImportRange`. */
export const IMPORT_QUERY = "import";
/** In the memo of a recovery that an import opened: the import's id. */
export const IMPORT_MEMO = "reprise_import";
export const CHECKOUT_RECOVERY = "checkoutRecovery";
/** The gateway passes what Dodo reports about a checkout to its workflow: `CheckoutReport`. */
export const CHECKOUT_REPORTED_SIGNAL = "checkoutReported";
export const RECOVERY_PROOF = "recoveryProof";

export const WEBHOOK_DELIVERY = "webhookDelivery";
export const DELIVER_SIGNAL = "deliver";
/** An operator has a webhook sent once more: `Redelivery`. */
export const REDELIVER_SIGNAL = "redeliver";
/** The activity that sends one webhook; its input has the publication. */
export const DELIVER_ACTIVITY = "deliverWebhook";
export const CUSTOMER_NOTICES = "customerNotices";
export const RESERVE_NOTICE_UPDATE = "reserveNotice";
export const OPERATOR_ALERTS = "operatorAlerts";
export const REPORT_SIGNAL = "report";
export const CHARGE_REQUEST = "chargeRequest";
export const MANDATE_SETUP = "mandateSetup";

/** A recovery reports the status of a requested charge to its workflow: `RequestedChargeStatus`. */
export const CHARGE_REPORTED_SIGNAL = "chargeReported";

/** The gateway passes a webhook that carries a mandate's id to its workflow: `MandateReport`. */
export const MANDATE_REPORTED_SIGNAL = "mandateReported";

export const RECOVERY_EVENT_SIGNAL = "recoveryEvent";
export const RECOVERY_QUERY = "recovery";

/** Updates of operators, and of customers through links. Arguments: `OperatorInput`, `LinkInput`. */
export const UPDATES = {
  pause: "pause",
  resume: "resume",
  retryNow: "retryNow",
  markPaid: "markPaid",
  writeOff: "writeOff",
  createPaymentLink: "createPaymentLink",
  stopReminders: "stopReminders",
} as const;

/** The answer of the query. */
export type RecoveryView = {
  readonly recovery: Recovery;
  readonly next: { readonly at: Instant | null; readonly what: string };
  readonly timeline: readonly TimelineEntry[];
};

/** The argument of an operator's update. Only `by` is required. */
export type OperatorInput = {
  /** Who acts, for the timeline. */
  readonly by: string;
  readonly note?: string;
  /** `retryNow` only: the operator looked in Dodo, and the unknown charge is not there. */
  readonly confirmedAbsent?: boolean;
  /** `retryNow` only: the payment that waits for a person past the deadline is dead, although it is open. */
  readonly confirmedDead?: boolean;
  /** `resume` only: the failure in question is a debt of its own, to be collected after the current one. */
  readonly newDebt?: boolean;
};

/** The answer to an operator's update: what is still open after it. */
export type OperatorAnswer = {
  readonly state: RecoveryState;
  /** The open questions. */
  readonly questions: readonly {
    readonly cause: AttentionCause;
    readonly text: string;
    /** What the question is about; empty where the text says everything. */
    readonly detail: string;
    readonly advice: string;
  }[];
  readonly next: {
    /** ISO 8601. */
    readonly at: string | null;
    readonly what: string;
  };
  /** What each update would do now, or why it would be refused, by its name. */
  readonly updates: Readonly<Record<string, string>>;
};

export type LinkInput = { readonly debtId?: string };

export type LinkAnswer = { readonly url: string };

export const workflowIdOf = (subscriptionId: SubscriptionId): RecoveryId =>
  recoveryIdOf(subscriptionId);

/** Options of the schedule that records the namespace's business. */
export function businessRecordOf(businessId: string, source: BusinessSource, taskQueue: string) {
  const note =
    `A record of Reprise: this namespace belongs to Dodo's business ${businessId}. It starts nothing. Delete it if ` +
    "the business is wrong, and restart the worker and the gateway, which record it again.";
  const memo = { [BUSINESS_MEMO]: businessId, [BUSINESS_SOURCE_MEMO]: source };
  return recordOf(BUSINESS_RECORD, memo, note, taskQueue);
}

/** Options of the schedule that records the namespace's mode. */
export function modeRecordOf(mode: string, taskQueue: string) {
  const note = `A record of Reprise: this namespace belongs to ${mode} at Dodo. It starts nothing.`;
  return recordOf(MODE_RECORD, { [MODE_MEMO]: mode }, note, taskQueue);
}

/**
 * A record is a paused schedule that starts nothing: Temporal creates a schedule at most once per id, and keeps it
 * beyond any retention.
 * @source docs/TEMPORAL.md, "Schedules"
 */
function recordOf(
  scheduleId: string,
  memo: Readonly<Record<string, string>>,
  note: string,
  taskQueue: string,
) {
  return {
    scheduleId,
    memo,
    // Temporal removes a schedule with nothing to do.
    spec: { intervals: [{ every: "365d" }] },
    action: {
      type: "startWorkflow" as const,
      workflowType: RECONCILIATION_SWEEP,
      workflowId: scheduleId,
      taskQueue,
      args: [],
    },
    state: { paused: true, note },
  };
}

/** Options of `signalWithStart` for a recovery; the caller adds the task queue. */
export function recoveryStartOf(
  subscriptionId: SubscriptionId,
  event: WebhookEvent | ChargeRequested | DebtImported,
  summary: string,
) {
  return {
    ...(event.kind === "debt_imported" ? { memo: { [IMPORT_MEMO]: event.import.importId } } : {}),
    workflowId: workflowIdOf(subscriptionId),
    args: [{ subscriptionId }],
    signal: RECOVERY_EVENT_SIGNAL,
    signalArgs: [event],
    staticSummary: summaryOf(summary),
    staticDetails: `Recovers the failed payments of subscription ${code(subscriptionId)}.`,
  };
}

/** Start options of a run in which a customer pays an exhausted debt; the caller adds the task queue. */
export function lateRecoveryStartOf(subscriptionId: SubscriptionId, debtId: DebtId) {
  return {
    workflowId: workflowIdOf(subscriptionId),
    args: [{ subscriptionId }],
    workflowIdConflictPolicy: "USE_EXISTING",
    staticSummary: "Opened by a customer who pays late",
    staticDetails: `The customer wants to pay the exhausted debt ${code(debtId)} of subscription ${code(subscriptionId)}; nothing is charged.`,
  } as const;
}

/** Start options of a checkout recovery; a payment has one, ever. */
export function checkoutStartOf(paymentId: PaymentId) {
  return {
    workflowId: `checkout-${paymentId}`,
    args: [{ paymentId }],
    workflowIdReusePolicy: "REJECT_DUPLICATE",
    staticSummary: "A payment that was not completed",
    staticDetails: `Asks the customer of payment ${code(paymentId)} to complete it; charges nothing.`,
  } as const;
}

export const IMPORT_ID_PATTERN = /^import-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export const newImportId = (uuid: string): string => `import-${uuid}`;

/** @param status of its workflow, as Temporal names it */
export function importStateOf(status: string): ImportState {
  if (status === "RUNNING" || status === "CONTINUED_AS_NEW") return "running";
  return status === "COMPLETED" ? "done" : "stopped";
}

/** Start options of an import; an import has one workflow, ever. */
export function importStartOf(order: ImportOrder) {
  const { importId, dryRun, by } = order;
  return {
    workflowId: importId,
    args: [{ order }],
    workflowIdReusePolicy: "REJECT_DUPLICATE",
    staticSummary: summaryOf(`${dryRun ? "Dry run of an import" : "Import"} by ${by}`),
    staticDetails: dryRun
      ? "Reads what subscriptions owe, and opens nothing."
      : "Opens recoveries for what subscriptions owe. Cancel it to open no more; what it has opened goes on.",
  } as const;
}

/** Start options of a proof; a proof that already runs is used. */
export function proofStartOf(subscriptionId: SubscriptionId) {
  return {
    workflowId: `proof-${subscriptionId}`,
    args: [{ subscriptionId }],
    workflowIdConflictPolicy: "USE_EXISTING",
    workflowExecutionTimeout: "10m",
    staticSummary: "Owed and collected, according to Temporal and Dodo",
  } as const;
}

/** Options of `signalWithStart` for a subscription's delivery; the caller adds the task queue. */
export function deliveryStartOf(
  subscriptionId: SubscriptionId,
  publications: readonly Publication[],
) {
  return {
    workflowId: `delivery-${subscriptionId}`,
    args: [{ subscriptionId }],
    signal: DELIVER_SIGNAL,
    signalArgs: [publications],
    staticSummary: "Outgoing webhooks",
    staticDetails: `Delivers the webhooks about subscription ${code(subscriptionId)}, in order.`,
  };
}

export type Redelivery = {
  readonly publication: Publication;
  /** The name of the operator API key. */
  readonly by: string;
};

/** Options of `signalWithStart` for one more delivery; the caller adds the task queue. */
export function redeliveryStartOf(redelivery: Redelivery) {
  const { publication, by } = redelivery;
  return {
    ...deliveryStartOf(publication.subscriptionId, []),
    signal: REDELIVER_SIGNAL,
    signalArgs: [redelivery],
    staticSummary: summaryOf(`An outgoing webhook once more, for ${by}`),
  };
}

/** Options of `signalWithStart` for a cause's alerts. Several installations may share a namespace. */
export function operatorAlertsStartOf(taskQueue: string, report: OperatorReport) {
  const { cause } = report.alert;
  return {
    taskQueue,
    workflowId: `alerts-${taskQueue}-${cause}`,
    args: [{ cause }],
    signal: REPORT_SIGNAL,
    signalArgs: [report],
    staticSummary: "Mails to the operator",
    staticDetails: `At most one mail an hour about ${code(cause)}.`,
  };
}

/** Start options of a customer's notice count; the caller adds the task queue. */
export function customerNoticesStartOf(customerId: string) {
  return {
    workflowId: `notices-${customerId}`,
    args: [{}],
    workflowIdConflictPolicy: "USE_EXISTING",
    staticSummary: "Notices to a customer",
    staticDetails: `Counts the notices that customer ${code(customerId)} was sent in the last seven days.`,
  } as const;
}

/** The input of a charge's workflow. */
export type ChargeRequestInput = {
  readonly subscriptionId: string;
  readonly charge: RequestedCharge;
  /** The name of the operator API key that requested it. */
  readonly by: string;
};

/** The memo of a charge: readable without a worker, also after its workflow has closed. */
export type ChargeMemo = {
  /** Digest of the request's body: another body under the same key is refused. */
  readonly fingerprint: string;
  readonly subscriptionId: string;
  readonly status?: RequestedChargeStatus;
};

/** Start options of a charge's workflow; a key has one for as long as Temporal keeps it. */
export function chargeStartOf(chargeId: DebtId, input: ChargeRequestInput, fingerprint: string) {
  const { subscriptionId } = input;
  return {
    workflowId: chargeId as string,
    args: [input] as const,
    workflowIdReusePolicy: "REJECT_DUPLICATE",
    memo: { fingerprint, subscriptionId } satisfies ChargeMemo,
    staticSummary: summaryOf(`A charge, requested by ${input.by}`),
    staticDetails: `Requests a charge from the recovery of subscription ${code(subscriptionId)} and follows it; charges nothing itself.`,
  } as const;
}

/** The input of a mandate's workflow. */
export type MandateInput = {
  readonly mandate: RequestedMandate;
  /** The name of the operator API key that requested it. */
  readonly by: string;
};

/** The memo of a mandate: readable without a worker, also after its workflow has closed. */
export type MandateMemo = {
  /** Digest of the request's body: another body under the same key is refused. */
  readonly fingerprint: string;
  readonly customerId: string;
  readonly productId: string;
  readonly status?: MandateStatus;
};

/** Start options of a mandate's workflow; a key has one for as long as Temporal keeps it. */
export function mandateStartOf(mandateId: MandateId, input: MandateInput, fingerprint: string) {
  const { customerId, productId } = input.mandate;
  return {
    workflowId: mandateId as string,
    args: [input] as const,
    workflowIdReusePolicy: "REJECT_DUPLICATE",
    memo: { fingerprint, customerId, productId } satisfies MandateMemo,
    staticSummary: summaryOf(`A mandate, requested by ${input.by}`),
    staticDetails: `Sets up an on-demand subscription of customer ${code(customerId)} by Dodo's checkout and follows it; charges nothing itself.`,
  } as const;
}

/** The queue of charge activities: its rate limit is the account's, and stop-all sets it to 0. */
export const chargeQueueOf = (taskQueue: string): string => `${taskQueue}-charges`;
/** The queue of all other activities that call Dodo. */
export const dodoQueueOf = (taskQueue: string): string => `${taskQueue}-dodo`;
/** The queue of outgoing webhooks, so that a slow receiver delays no mail. */
export const webhookQueueOf = (taskQueue: string): string => `${taskQueue}-webhooks`;

/** Search attributes are indexed and never encrypted, so they hold no personal data. */
export const SEARCH_ATTRIBUTES = {
  state: defineSearchAttributeKey("RecoveryState", "KEYWORD"),
  outcome: defineSearchAttributeKey("RecoveryOutcome", "KEYWORD"),
  declineCode: defineSearchAttributeKey("DeclineCode", "KEYWORD"),
  declineClass: defineSearchAttributeKey("DeclineClass", "KEYWORD"),
  customerId: defineSearchAttributeKey("CustomerId", "KEYWORD"),
  currency: defineSearchAttributeKey("Currency", "KEYWORD"),
  nextAttemptAt: defineSearchAttributeKey("NextAttemptAt", "DATETIME"),
  amountDue: defineSearchAttributeKey("AmountDue", "INT"),
  stateSince: defineSearchAttributeKey("StateSince", "DATETIME"),
  chargeUnknownSince: defineSearchAttributeKey("ChargeUnknownSince", "DATETIME"),
} as const;
