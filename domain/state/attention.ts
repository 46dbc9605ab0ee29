/** A cause of an alert: what happened, and what the operator should do. Many causes also hold the recovery. */
type CauseRow = {
  readonly text: string;
  readonly advice: string;
  /** The customer may still pay while the question is open; false where it is unclear what is owed. */
  readonly linkAllowed: boolean;
  /** An operator may charge while the question is open. */
  readonly retryAllowed: boolean;
};

/** Why the operator is notified. `raiseAttention` also holds the recovery until the question is resolved. */
export const ATTENTION_CAUSES = {
  merchant_code: {
    text: "The charge was declined for a reason on the merchant's side.",
    advice:
      "Look up the decline code in Dodo's table, fix the account or the request, then resume.",
    linkAllowed: true,
    retryAllowed: true,
  },
  unknown_code: {
    text: "Dodo returned a decline code that this version does not know; the customer is asked to pay.",
    advice: "Look up the code, and set its handling under `codes` in the policy file.",
    linkAllowed: true,
    retryAllowed: true,
  },
  unknown_outcome: {
    text: "A charge was sent, and nothing shows whether it happened.",
    advice:
      "Look for the payment in Dodo. If there is none, retry with `confirmed_absent` (in Temporal `confirmedAbsent`); if there is one, mark the debt as paid.",
    linkAllowed: false,
    retryAllowed: true,
  },
  outcome_deadline: {
    text: "An accepted payment has been open for too long.",
    advice: "Check the payment in Dodo. The recovery continues when the payment ends there.",
    linkAllowed: false,
    retryAllowed: false,
  },
  unattributed_success: {
    text: "A payment of this subscription succeeded that Reprise did not make.",
    advice:
      "If it pays this debt, mark it as paid; otherwise resume: failures named beside it are then over, or collected with `new_debt` (`newDebt`).",
    linkAllowed: false,
    retryAllowed: false,
  },
  second_debt: {
    text: "Another charge of this subscription failed while this debt is open.",
    advice:
      "If it was a retry of this debt, resume. If it is a separate debt, resume with `new_debt` (in Temporal `newDebt`); it is collected after this one.",
    linkAllowed: true,
    retryAllowed: false,
  },
  too_many_debts: {
    text: "This subscription has more debts than a recovery can queue.",
    advice: "Collect the newest debt yourself, then resume. Find out why so many charges fail.",
    linkAllowed: true,
    retryAllowed: false,
  },
  other_amount_collected: {
    text: "Dodo collected a different amount than the previous debt's, and may have collected this debt too.",
    advice:
      "Check that payment in Dodo. If it paid this debt, mark the debt as paid; otherwise resume.",
    linkAllowed: false,
    retryAllowed: false,
  },
  recent_dispute: {
    text: "This customer disputed a payment in the last 180 days.",
    advice:
      "Check the dispute in Dodo. If the customer may be charged, resume; otherwise write the debt off.",
    linkAllowed: false,
    retryAllowed: false,
  },
  several_failures: {
    text: "Several charges of different amounts failed, and it is unclear which are owed.",
    advice:
      "If each is a separate debt, resume with `new_debt` (in Temporal `newDebt`); otherwise collect what is owed in Dodo, then write this off.",
    linkAllowed: false,
    retryAllowed: false,
  },
  overcharged: {
    text: "More was collected or requested than was owed.",
    advice: "Check the payments in Dodo, and refund the excess.",
    linkAllowed: false,
    retryAllowed: false,
  },
  no_dodo_activity: {
    text: "This subscription is not on-demand, and after 48 hours nothing shows that Dodo is recovering the payment.",
    advice:
      "Turn on Dodo's payment retries or dunning, or set `scheduled_subscriptions: manage` for later recoveries; then resume.",
    linkAllowed: false,
    retryAllowed: false,
  },
  multi_subscription: {
    text: "The failed payment covers several subscriptions.",
    advice: "Collect it in Dodo, then mark it as paid or write it off.",
    linkAllowed: false,
    retryAllowed: false,
  },
  charge_blocked: {
    text: "The check before the charge keeps failing, so the charge is not sent.",
    advice:
      "Check the subscription's payments in Dodo. When nothing there blocks a charge, resume.",
    linkAllowed: false,
    retryAllowed: true,
  },
  status_not_chargeable: {
    text: "The subscription's status does not allow a charge.",
    advice: "Check the subscription in Dodo. The recovery continues when its status changes.",
    linkAllowed: true,
    retryAllowed: false,
  },
  account_refused: {
    text: "Dodo refuses the API key, so all charging is stopped.",
    advice:
      "Check DODO_PAYMENTS_API_KEY and its permissions, restart the workers, then resume charging. The recoveries continue on their own.",
    linkAllowed: false,
    retryAllowed: true,
  },
  refused_request: {
    text: "Dodo refused the request.",
    advice: "Look up Dodo's code, fix the cause, then resume.",
    linkAllowed: true,
    retryAllowed: true,
  },
  hold_without_payment: {
    text: "The subscription is on hold, and no failed payment can be found.",
    advice:
      "Check the subscription in Dodo. If something is owed, collect it there, then write this off.",
    linkAllowed: false,
    retryAllowed: false,
  },
  active_without_payment: {
    text: "The subscription is active again, and no payment for this debt can be found.",
    advice: "If the debt was paid elsewhere, mark it as paid; otherwise resume.",
    linkAllowed: false,
    retryAllowed: false,
  },
  not_reactivated: {
    text: "The debt is paid, and the subscription is still on hold.",
    advice: "Reactivate the subscription in Dodo.",
    linkAllowed: false,
    retryAllowed: false,
  },
  notice_undeliverable: {
    text: "A notice could not be delivered.",
    advice: "Check the customer's email address in Dodo.",
    linkAllowed: true,
    retryAllowed: true,
  },
  cancelled_though_paid: {
    text: "The subscription was cancelled at the end of the window, and the debt was paid at the same moment.",
    advice: "Check the payment in Dodo. Refund it, or give the customer a new subscription.",
    linkAllowed: false,
    retryAllowed: false,
  },
  not_cancelled: {
    text: "The subscription could not be cancelled at the end of the window.",
    advice: "Check the subscription in Dodo, and cancel it there.",
    linkAllowed: false,
    retryAllowed: false,
  },
  webhook_undelivered: {
    text: "An outgoing webhook was not delivered to your system, and Reprise stopped trying.",
    advice:
      "Check the server behind OUTGOING_WEBHOOK_URL and update its data. The delivery's result in Temporal lists what it missed.",
    linkAllowed: true,
    retryAllowed: true,
  },
  effect_failed: {
    text: "A step failed permanently.",
    advice: "Find the failed activity in Temporal, fix the cause, then resume.",
    linkAllowed: false,
    retryAllowed: true,
  },
} as const satisfies Readonly<Record<string, CauseRow>>;

export type AttentionCause = keyof typeof ATTENTION_CAUSES;
