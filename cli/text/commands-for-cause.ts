import type { AttentionCause } from "../../domain/state/attention.ts";

const RESUME = "resume";
const NEW_DEBT = "resume --new-debt";
const RETRY = "retry";
const MARK_PAID = "mark-paid";
const WRITE_OFF = "write-off";

/** The commands that answer a question, the usual one first; none where nothing is to be answered. */
const COMMANDS: Readonly<Record<AttentionCause, readonly string[]>> = {
  merchant_code: [RESUME, WRITE_OFF],
  unknown_code: [],
  unknown_outcome: ["retry --confirmed-absent", MARK_PAID],
  rate_limited: [],
  outcome_deadline: ["retry --confirmed-dead", MARK_PAID],
  merchant_action_required: [],
  unattributed_success: [MARK_PAID, RESUME, NEW_DEBT],
  bought_again: [WRITE_OFF, RESUME],
  customer_payments_unknown: [WRITE_OFF],
  second_debt: [RESUME, NEW_DEBT],
  too_many_debts: [RESUME],
  other_amount_collected: [MARK_PAID, RESUME],
  recent_dispute: [RESUME, WRITE_OFF],
  several_failures: [NEW_DEBT, WRITE_OFF],
  overcharged: [RESUME],
  unknown_tax: [MARK_PAID, WRITE_OFF],
  unknown_amount: [RESUME, MARK_PAID, WRITE_OFF],
  no_dodo_activity: [RESUME],
  multi_subscription: [MARK_PAID, WRITE_OFF],
  too_many_subscriptions: [],
  charge_blocked: [RESUME, RETRY],
  status_not_chargeable: [],
  account_refused: [],
  other_business: [],
  refused_request: [RESUME, RETRY],
  hold_without_payment: [WRITE_OFF],
  active_without_payment: [MARK_PAID, RESUME],
  not_reactivated: [],
  notice_undeliverable: [],
  sender_refused: [],
  advice_not_taken: [RESUME],
  announcement_unsent: [RESUME, RETRY],
  cancelled_though_paid: [],
  not_cancelled: [],
  dodo_cart_recovery: [],
  webhook_undelivered: [],
  workflow_task_failing: [],
  ledger_drift: [],
  effect_failed: [RESUME, RETRY],
};

/** @param cause as the API names it; a later gateway may know more of them */
export function commandsForCause(cause: string, subscriptionId: string): readonly string[] {
  const known = Object.entries(COMMANDS).find(([name]) => name === cause)?.[1] ?? [];
  return known.map((command) => {
    const [name, ...options] = command.split(" ");
    return ["reprise", name, subscriptionId, ...options].join(" ");
  });
}
