import type { OperatorReport } from "../../domain/reporting/operator-digest.ts";
import type { AttentionCause } from "../../domain/state/attention.ts";

/** What happened, in the few words that fit in a subject. */
const WHAT: Readonly<Record<AttentionCause, string>> = {
  merchant_code: "a charge failed for a reason on your side",
  unknown_code: "a charge failed with an unknown code",
  unknown_outcome: "a charge may have happened",
  rate_limited: "Dodo's rate limit delays a charge",
  outcome_deadline: "a payment has been open for too long",
  merchant_action_required: "a payment waits for you at Dodo",
  unattributed_success: "a payment that Reprise did not make",
  bought_again: "bought the same product again",
  customer_payments_unknown: "other purchases could not be checked",
  second_debt: "another charge failed",
  too_many_debts: "more debts than one recovery can queue",
  other_amount_collected: "Dodo collected another amount",
  recent_dispute: "disputed a payment recently",
  several_failures: "several charges failed",
  overcharged: "paid more than was owed",
  unknown_tax: "the tax of the failed payment is unknown",
  unknown_amount: "a payment without an amount",
  no_dodo_activity: "Dodo does not seem to retry the payment",
  multi_subscription: "a failed payment for several subscriptions",
  too_many_subscriptions: "a payment for too many subscriptions",
  charge_blocked: "the check before a charge keeps failing",
  status_not_chargeable: "the subscription cannot be charged",
  account_refused: "Dodo refuses the API key, and all charging is stopped",
  other_business: "webhooks or a key of another Dodo business",
  refused_request: "Dodo refused a request",
  hold_without_payment: "on hold without a failed payment",
  active_without_payment: "active again without a payment",
  not_reactivated: "paid, and still on hold",
  notice_undeliverable: "an email could not be delivered",
  sender_refused: "emails do not go out",
  advice_not_taken: "an advised charge was not made in time",
  announcement_unsent: "a retry waits, because its email does not go out",
  cancelled_though_paid: "cancelled and paid at the same moment",
  not_cancelled: "the subscription could not be cancelled",
  dodo_cart_recovery: "Dodo's abandoned cart emails are on as well",
  webhook_undelivered: "a webhook to your system was given up",
  workflow_task_failing: "workflows stand still until a release mends them",
  ledger_drift: "the ledger differs from the histories",
  effect_failed: "a step failed for good",
};

/** A report of an earlier version does not say whether something waits for a person. */
export function waitsForPerson({ waits }: OperatorReport): boolean {
  return waits ?? true;
}

/**
 * The subject: whether something waits for a person, which customer, and what.
 * @param customer of the first report; null where it concerns none
 * @param count of all reports
 */
export function subjectOf(
  cause: AttentionCause,
  isWaiting: boolean,
  customer: string | null,
  count: number,
): string {
  const start = isWaiting ? "Reprise needs you" : "For your information";
  const more = count > 1 ? ` and ${count - 1} more` : "";
  const who = customer === null ? "" : `${customer}${more}: `;
  const many = customer === null && count > 1 ? ` (${count} times)` : "";
  return `${start}: ${who}${WHAT[cause]}${many}`;
}
