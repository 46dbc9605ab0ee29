import type { PaymentId } from "../values/ids.ts";
import { type DecisionDraft, update } from "./draft.ts";
const REMEMBERED_MAX = 50;

const remember = (list: readonly string[], value: string): readonly string[] =>
  list.includes(value) ? list : [...list, value].slice(-REMEMBERED_MAX);

/** A person said that this success is not the debt's. */
export function excludePayment(draft: DecisionDraft, paymentId: PaymentId): void {
  update(draft, { excludedPayments: remember(draft.recovery.excludedPayments, paymentId) });
}

/** This payment failed, or its page was left: it counts again only if it succeeds. */
export function markHandled(draft: DecisionDraft, paymentId: PaymentId): void {
  update(draft, { handledPayments: remember(draft.recovery.handledPayments, paymentId) });
}

/** A bank said no for good to this card, whoever asked: we do not ask again. */
export function blockMethod(draft: DecisionDraft, methodId: string): void {
  update(draft, { blockedMethods: remember(draft.recovery.blockedMethods, methodId) });
}

export function unblockMethod(draft: DecisionDraft, methodId: string): void {
  const { blockedMethods } = draft.recovery;
  if (!blockedMethods.includes(methodId)) return;
  update(draft, { blockedMethods: blockedMethods.filter((one) => one !== methodId) });
}

export function markMethodTried(draft: DecisionDraft, methodId: string): void {
  update(draft, { triedMethods: remember(draft.recovery.triedMethods, methodId) });
}
