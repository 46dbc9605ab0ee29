import type { DecisionDraft } from "../decision/draft.ts";
import { blockMethod, unblockMethod } from "../decision/remember.ts";
import { classifyDecline } from "../declines/decline.ts";
import { currentMethodId } from "../state/facts.ts";
import { hasFailed, isCollected, type Payment } from "../state/payment.ts";
import type { Recovery } from "../state/recovery.ts";

/**
 * Blocks and unblocks payment methods by their payments, oldest first. A `never` decline blocks a method, no matter who
 * charged it and for which debt; a later success shows that it works again.
 */
export function recordMethodResults(draft: DecisionDraft, payments: readonly Payment[]): void {
  for (const payment of payments) {
    const { methodId, declineCode } = resultOf(payment, draft.recovery);
    if (methodId === null) continue;
    // A set-up for an amount of zero does not show that a charge would succeed.
    if (isCollected(payment)) unblockMethod(draft, methodId);
    if (hasFailed(payment)) recordDecline(draft, declineCode, methodId);
  }
}

/** A read leaves out the method and the code of an attempt whose result is known. */
function resultOf(
  payment: Payment,
  { attempts, ended }: Recovery,
): Pick<Payment, "methodId" | "declineCode"> {
  if (payment.methodId !== null) return payment;
  const all = [...attempts, ...ended.flatMap((debt) => debt.attempts)];
  return all.find(({ paymentId }) => paymentId === payment.paymentId) ?? payment;
}

/** A `never` decline blocks its payment method, whomever the policy asks about it. */
export function recordDecline(
  draft: DecisionDraft,
  code: string | null,
  methodId: string | null,
): void {
  if (!classifyDecline(code, draft.policy.codes).blocksCard) return;
  const method = methodId ?? currentMethodId(draft.recovery);
  if (method !== null) blockMethod(draft, method);
}
