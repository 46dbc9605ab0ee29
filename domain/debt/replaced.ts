import { notifyOperator, raiseAttention } from "../decision/attention.ts";
import { type DecisionDraft, explain } from "../decision/draft.ts";
import type { CustomerPaymentsUnknown, Replacement } from "../state/event.ts";
import { closeDebt } from "./ending.ts";
import { describeReplacement } from "./replacement.ts";

/**
 * The customer has bought the same product again since the first failure, and paid: whether this debt is still owed is
 * the policy's or a person's decision.
 * @source docs/RECOVERY.md, "When the customer buys again"
 */
export function onReplaced(draft: DecisionDraft, replacement: Replacement): void {
  const { paymentId, subscriptionId } = replacement;
  const { settlement, closing } = draft.recovery;
  if (settlement !== null || closing !== null) return;
  const bought = describeReplacement(replacement);
  if (draft.policy.replacedBy === "end") {
    return closeDebt(draft, {
      outcome: "nothing_owed",
      scope: "debt",
      by: "customer",
      who: null,
      rule: "payment.replaced",
      reason: bought,
      paymentId,
    });
  }
  explain(draft, "payment.bought_again", bought);
  raiseAttention(draft, { cause: "bought_again", paymentId, subscriptionId });
}

/** Nothing is concluded from the customer's payments, so the operator should know that they were not looked at. */
export function onCustomerPaymentsUnknown(
  draft: DecisionDraft,
  why: CustomerPaymentsUnknown | undefined,
): void {
  if (why === undefined || draft.recovery.debt === null) return;
  explain(draft, "payment.customer_unread", `the customer's payments show nothing: ${why}`);
  notifyOperator(draft, { cause: "customer_payments_unknown", why });
}
