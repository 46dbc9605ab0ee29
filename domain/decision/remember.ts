import type { PaymentId } from "../values/ids.ts";
import { type DecisionDraft, update } from "./draft.ts";

const REMEMBERED_MAX = 50;

const remember = (list: readonly string[], value: string): readonly string[] =>
  list.includes(value) ? list : [...list, value].slice(-REMEMBERED_MAX);

/** This success is not for the current debt, by the operator's answer or the policy. */
export function excludePayment(draft: DecisionDraft, paymentId: PaymentId): void {
  update(draft, { excludedPayments: remember(draft.recovery.excludedPayments, paymentId) });
}

/** This payment is for another subscription that the customer has beside this one, by the operator's answer. */
export function markSeparate(draft: DecisionDraft, paymentId: PaymentId): void {
  update(draft, { separatePurchases: remember(draft.recovery.separatePurchases, paymentId) });
}

/** This payment failed or was abandoned, and is handled. It counts again only if it succeeds. */
export function markHandled(draft: DecisionDraft, paymentId: PaymentId): void {
  update(draft, { handledPayments: remember(draft.recovery.handledPayments, paymentId) });
}

/** A bank declined this method for good, no matter who charged it: never charge it again. */
export function blockMethod(draft: DecisionDraft, methodId: string): void {
  update(draft, { blockedMethods: remember(draft.recovery.blockedMethods, methodId) });
}

/** The method works again. */
export function unblockMethod(draft: DecisionDraft, methodId: string): void {
  const { blockedMethods } = draft.recovery;
  if (!blockedMethods.includes(methodId)) return;
  update(draft, { blockedMethods: blockedMethods.filter((blocked) => blocked !== methodId) });
}

/** This new method has had, or is planned to have, its one charge. */
export function markMethodTried(draft: DecisionDraft, methodId: string): void {
  update(draft, { triedMethods: remember(draft.recovery.triedMethods, methodId) });
}
