/**
 * Why a recovery waits for a person, and what that person should look at. Each cause is told once.
 */
type CauseRow = {
  readonly text: string;
  readonly advice: string;
  /** The customer may still pay meanwhile: not where it is unclear what is owed. */
  readonly linkAllowed: boolean;
  /** An operator may charge without having answered it. */
  readonly retryAllowed: boolean;
};

export const ATTENTION_CAUSES = {
  merchant_code: {
    text: "The charge was declined for a reason on the merchant's side.",
    advice:
      "Look at the decline code in Dodo's table, mend the account or the request, then resume.",
    linkAllowed: true,
    retryAllowed: true,
  },
  unknown_code: {
    text: "Dodo gave a decline code that this version does not know; the customer is being asked.",
    advice: "Look the code up, and set its handling under `codes` in the policy file.",
    linkAllowed: true,
    retryAllowed: true,
  },
  unknown_outcome: {
    text: "A charge was sent and nothing shows whether it happened.",
    advice:
      "Look for the payment in Dodo. If there is none, retry with `confirmed_absent`; if there is, mark the debt as paid.",
    linkAllowed: false,
    retryAllowed: true,
  },
  outcome_deadline: {
    text: "An accepted payment has stayed open longer than it should.",
    advice: "Look at the payment in Dodo; the recovery goes on when it ends there.",
    linkAllowed: false,
    retryAllowed: false,
  },
  unattributed_success: {
    text: "A payment of this subscription succeeded that is not one of ours.",
    advice: "If it pays this debt, mark it as paid; if it does not, resume.",
    linkAllowed: false,
    retryAllowed: false,
  },
  second_debt: {
    text: "Another charge of this subscription failed while this debt is open.",
    advice:
      'If it was a retry of this debt, resume; if it is a debt of its own, resume with {"newDebt": true}: it is then worked after this one.',
    linkAllowed: true,
    retryAllowed: false,
  },
  too_many_debts: {
    text: "More debts wait in this subscription than a recovery takes.",
    advice: "Collect the newest one yourself, then resume; look why so many charges fail.",
    linkAllowed: true,
    retryAllowed: false,
  },
  other_amount_collected: {
    text: "Dodo collected another amount than the debt before this one: it may have paid this one too.",
    advice:
      "Look at that payment in Dodo; if it paid this debt, mark it as paid, otherwise resume.",
    linkAllowed: false,
    retryAllowed: false,
  },
  recent_dispute: {
    text: "This customer disputed a payment in the last 180 days.",
    advice:
      "Look at the dispute in Dodo; resume if the customer may be charged, or write this off.",
    linkAllowed: false,
    retryAllowed: false,
  },
  several_failures: {
    text: "Several charges of different amounts have failed; it is unclear which are owed.",
    advice:
      'Look at the payments in Dodo. If each is a debt of its own, resume with {"newDebt": true}; otherwise collect what is owed, then write this off.',
    linkAllowed: false,
    retryAllowed: false,
  },
  overcharged: {
    text: "More was collected, or asked for, than was owed.",
    advice: "Look at the payments in Dodo and refund what was too much.",
    linkAllowed: false,
    retryAllowed: false,
  },
  no_dodo_activity: {
    text: "This subscription is not on-demand, and in 48 hours nothing shows that Dodo itself recovers the payment.",
    advice:
      "Switch Dodo's payment retries or dunning on, or set `scheduled_subscriptions: manage` for later recoveries; then resume.",
    linkAllowed: false,
    retryAllowed: false,
  },
  multi_subscription: {
    text: "The failed payment belongs to several subscriptions at once.",
    advice: "Collect it in Dodo, then mark it as paid or write it off.",
    linkAllowed: false,
    retryAllowed: false,
  },
  charge_blocked: {
    text: "Something keeps the charge from being sent, and it cannot be placed.",
    advice: "Look at the subscription's payments in Dodo; when nothing stands in the way, resume.",
    linkAllowed: false,
    retryAllowed: true,
  },
  status_not_chargeable: {
    text: "The subscription is in a status in which it is not charged.",
    advice: "Look at the subscription in Dodo; the recovery goes on when its status changes.",
    linkAllowed: true,
    retryAllowed: false,
  },
  account_refused: {
    text: "Dodo refuses our API key: all charging is stopped.",
    advice:
      "Check DODO_PAYMENTS_API_KEY and its rights, restart the workers, then resume charging. Recoveries go on by themselves.",
    linkAllowed: false,
    retryAllowed: true,
  },
  refused_request: {
    text: "Dodo refused the request itself.",
    advice: "Look at the code; when it is mended, resume.",
    linkAllowed: true,
    retryAllowed: true,
  },
  hold_without_payment: {
    text: "The subscription is on hold and no failed payment can be found.",
    advice:
      "Look at the subscription in Dodo; if something is owed, collect it there, then write this off.",
    linkAllowed: false,
    retryAllowed: false,
  },
  active_without_payment: {
    text: "The subscription is active again and no payment of this debt can be found.",
    advice: "If it was paid elsewhere, mark it as paid; otherwise resume.",
    linkAllowed: false,
    retryAllowed: false,
  },
  not_reactivated: {
    text: "The debt is paid, and the subscription is still on hold.",
    advice: "Reactivate it in Dodo.",
    linkAllowed: false,
    retryAllowed: false,
  },
  notice_undeliverable: {
    text: "A notice could not be delivered.",
    advice: "Check the customer's address in Dodo.",
    linkAllowed: true,
    retryAllowed: true,
  },
  cancelled_though_paid: {
    text: "The subscription was cancelled at the window's end, and was paid in that moment.",
    advice: "Look at the payment in Dodo; refund it, or give the customer a new subscription.",
    linkAllowed: false,
    retryAllowed: false,
  },
  not_cancelled: {
    text: "The subscription should have been cancelled at the end, and was not.",
    advice: "Look at the subscription in Dodo.",
    linkAllowed: false,
    retryAllowed: false,
  },
  webhook_undelivered: {
    text: "The merchant's own system did not take an outgoing webhook, and it was given up.",
    advice:
      "Look at the server behind OUTGOING_WEBHOOK_URL, and bring it up to date: the delivery's result in Temporal names what it missed.",
    linkAllowed: true,
    retryAllowed: true,
  },
  effect_failed: {
    text: "A step could not be carried out.",
    advice: "Look at the failed activity in Temporal; when it is mended, resume.",
    linkAllowed: false,
    retryAllowed: true,
  },
} as const satisfies Readonly<Record<string, CauseRow>>;

export type AttentionCause = keyof typeof ATTENTION_CAUSES;
