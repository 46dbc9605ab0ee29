import { defineSearchAttributeKey } from "@temporalio/common";
import { recoveryIdOf, type RecoveryId, type SubscriptionId } from "../domain/ids.ts";

/** The names by which a recovery is started, told and asked. Other programs rely on them: add, never rename. */
export const SUBSCRIPTION_RECOVERY = "subscriptionRecovery";

export const RECOVERY_EVENT_SIGNAL = "recoveryEvent";
export const RECOVERY_QUERY = "recovery";

/** Updates: an operator's, and the one behind the customer's button. Arguments: `OperatorInput`, `LinkInput`. */
export const UPDATES = {
  pause: "pause",
  resume: "resume",
  retryNow: "retryNow",
  markPaid: "markPaid",
  writeOff: "writeOff",
  createPaymentLink: "createPaymentLink",
} as const;

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
