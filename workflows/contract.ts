import { defineSearchAttributeKey } from "@temporalio/common";
import type { TimelineEntry } from "../domain/decision/timeline.ts";
import type { MandateStatus, RequestedMandate } from "../domain/mandate/mandate.ts";
import type { OperatorReport } from "../domain/reporting/operator-digest.ts";
import type { ChargeRequested, WebhookEvent } from "../domain/state/event.ts";
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

/** The names by which a recovery is started, told and asked. Other programs rely on them: add, never rename. */
export const SUBSCRIPTION_RECOVERY = "subscriptionRecovery";

export const RECONCILIATION_SWEEP = "reconciliationSweep";
/** The id of the sweep's schedule; the workflows it starts are called after it. */
export const SWEEP_SCHEDULE = "reprise-reconciliation";
export const CHECKOUT_RECOVERY = "checkoutRecovery";
export const RECOVERY_PROOF = "recoveryProof";

export const WEBHOOK_DELIVERY = "webhookDelivery";
export const DELIVER_SIGNAL = "deliver";
export const CUSTOMER_NOTICES = "customerNotices";
export const TAKE_NOTICE_UPDATE = "takeNotice";
export const OPERATOR_ALERTS = "operatorAlerts";
export const REPORT_SIGNAL = "report";
export const CHARGE_REQUEST = "chargeRequest";
export const MANDATE_SETUP = "mandateSetup";

/** A recovery tells who asked for a charge how it stands: `ChargeStanding`. */
export const CHARGE_REPORTED_SIGNAL = "chargeReported";

/** The gateway tells a mandate of a webhook that carries its id: `MandateReport`. */
export const MANDATE_REPORTED_SIGNAL = "mandateReported";

export const RECOVERY_EVENT_SIGNAL = "recoveryEvent";
export const RECOVERY_QUERY = "recovery";

/** Updates: an operator's, and those behind the customer's links. Arguments: `OperatorInput`, `LinkInput`. */
export const UPDATES = {
  pause: "pause",
  resume: "resume",
  retryNow: "retryNow",
  markPaid: "markPaid",
  writeOff: "writeOff",
  createPaymentLink: "createPaymentLink",
  stopReminders: "stopReminders",
} as const;

/** What the query answers. */
export type RecoveryView = {
  readonly recovery: Recovery;
  readonly next: { readonly at: Instant | null; readonly what: string };
  readonly timeline: readonly TimelineEntry[];
};

/** What an operator may say with an update; all of it may be left out. */
export type OperatorInput = {
  /** Who says it: shown in the record. */
  readonly by?: string;
  readonly note?: string;
  /** `retryNow` only: a person has looked in Dodo, and the unknown charge is not there. */
  readonly confirmedAbsent?: boolean;
  /** `resume` only: what was asked about is a debt of its own, and is worked after this one. */
  readonly newDebt?: boolean;
};

export type LinkInput = { readonly debtId?: string };

export type LinkAnswer = { readonly url: string };

export const workflowIdOf = (subscriptionId: SubscriptionId): RecoveryId =>
  recoveryIdOf(subscriptionId);

/** What `signalWithStart` of a recovery is given, whoever opens it; the task queue comes on top. */
export function openingOf(
  subscriptionId: SubscriptionId,
  event: WebhookEvent | ChargeRequested,
  summary: string,
) {
  return {
    workflowId: workflowIdOf(subscriptionId),
    args: [{ subscriptionId }],
    signal: RECOVERY_EVENT_SIGNAL,
    signalArgs: [event],
    staticSummary: summary,
    staticDetails: `Recovers the failed payments of subscription \`${subscriptionId}\`.`,
  };
}

/** What the start of a checkout's workflow is given; a payment has one, ever. */
export function checkoutStartOf(paymentId: PaymentId) {
  return {
    workflowId: `checkout-${paymentId}`,
    args: [{ paymentId }],
    workflowIdReusePolicy: "REJECT_DUPLICATE",
    staticSummary: "A payment that was not completed",
    staticDetails: `Asks the customer of payment \`${paymentId}\` to complete it; charges nothing.`,
  } as const;
}

/** What the start of a proof is given; one that runs already is waited for. */
export function proofStartOf(subscriptionId: SubscriptionId) {
  return {
    workflowId: `proof-${subscriptionId}`,
    args: [{ subscriptionId }],
    workflowIdConflictPolicy: "USE_EXISTING",
    workflowExecutionTimeout: "10m",
    staticSummary: "Owed and collected, by Temporal and by Dodo",
  } as const;
}

/** What `signalWithStart` of a subscription's delivery is given; the task queue comes on top. */
export function deliveryOf(subscriptionId: SubscriptionId, publications: readonly Publication[]) {
  return {
    workflowId: `delivery-${subscriptionId}`,
    args: [{ subscriptionId }],
    signal: DELIVER_SIGNAL,
    signalArgs: [publications],
    staticSummary: "Outgoing webhooks",
    staticDetails: `Delivers what happens to subscription \`${subscriptionId}\`, in order.`,
  };
}

/** What `signalWithStart` of a cause's desk is given: several installations may share a namespace. */
export function operatorAlertsOf(taskQueue: string, report: OperatorReport) {
  const { cause } = report.alert;
  return {
    taskQueue,
    workflowId: `alerts-${taskQueue}-${cause}`,
    args: [{ cause }],
    signal: REPORT_SIGNAL,
    signalArgs: [report],
    staticSummary: "Mails to the operator",
    staticDetails: `One mail an hour at most about \`${cause}\`.`,
  };
}

/** What the start of a customer's count is given; the task queue comes on top. */
export function noticeCountOf(customerId: string) {
  return {
    workflowId: `notices-${customerId}`,
    args: [{}],
    workflowIdConflictPolicy: "USE_EXISTING",
    staticSummary: "Notices to a customer",
    staticDetails: `Counts what customer \`${customerId}\` was sent lately.`,
  } as const;
}

/** Outgoing webhooks have a queue of their own, so that a slow receiver holds up no mail. */
export const webhookQueueOf = (taskQueue: string): string => `${taskQueue}-webhooks`;
/** What a charge's workflow is started with. */
export type ChargeRequestInput = {
  readonly subscriptionId: string;
  readonly charge: RequestedCharge;
  /** The operator API's key that asked. */
  readonly by: string;
};

/** What anybody can read of a charge, without a worker, also after its workflow has closed. */
export type ChargeMemo = {
  /** Of the request's body: another one under the same key is refused. */
  readonly fingerprint: string;
  readonly subscriptionId: string;
  readonly standing?: RequestedChargeStatus;
};

/** What the start of a charge's workflow is given; a key has one, ever, for as long as Temporal keeps it. */
export function chargeStartOf(chargeId: DebtId, input: ChargeRequestInput, fingerprint: string) {
  const { subscriptionId } = input;
  return {
    workflowId: chargeId as string,
    args: [input] as const,
    workflowIdReusePolicy: "REJECT_DUPLICATE",
    memo: { fingerprint, subscriptionId } satisfies ChargeMemo,
    staticSummary: `A charge, asked by ${input.by}`,
    staticDetails: `Asks the recovery of subscription \`${subscriptionId}\` for a charge and follows it; charges nothing itself.`,
  } as const;
}

/** What a mandate's workflow is started with. */
export type MandateInput = {
  readonly mandate: RequestedMandate;
  /** The operator API's key that asked. */
  readonly by: string;
};

/** What anybody can read of a mandate, without a worker, also after its workflow has closed. */
export type MandateMemo = {
  /** Of the request's body: another one under the same key is refused. */
  readonly fingerprint: string;
  readonly customerId: string;
  readonly productId: string;
  readonly standing?: MandateStatus;
};

/** What the start of a mandate's workflow is given; a key has one, ever, for as long as Temporal keeps it. */
export function mandateStartOf(mandateId: MandateId, input: MandateInput, fingerprint: string) {
  const { customerId, productId } = input.mandate;
  return {
    workflowId: mandateId as string,
    args: [input] as const,
    workflowIdReusePolicy: "REJECT_DUPLICATE",
    memo: { fingerprint, customerId, productId } satisfies MandateMemo,
    staticSummary: `A mandate, asked by ${input.by}`,
    staticDetails: `Sets up an on-demand subscription of customer \`${customerId}\` by Dodo's checkout and follows it; charges nothing itself.`,
  } as const;
}

export const chargeQueueOf = (taskQueue: string): string => `${taskQueue}-charges`;
export const dodoQueueOf = (taskQueue: string): string => `${taskQueue}-dodo`;

/** Search attributes: indexed, never encrypted, so nothing personal is among them. */
export const SEARCH_ATTRIBUTES = {
  state: defineSearchAttributeKey("RecoveryState", "KEYWORD"),
  outcome: defineSearchAttributeKey("RecoveryOutcome", "KEYWORD"),
  declineCode: defineSearchAttributeKey("DeclineCode", "KEYWORD"),
  declineClass: defineSearchAttributeKey("DeclineClass", "KEYWORD"),
  customerId: defineSearchAttributeKey("CustomerId", "KEYWORD"),
  currency: defineSearchAttributeKey("Currency", "KEYWORD"),
  nextAttemptAt: defineSearchAttributeKey("NextAttemptAt", "DATETIME"),
  amountDue: defineSearchAttributeKey("AmountDue", "INT"),
} as const;
