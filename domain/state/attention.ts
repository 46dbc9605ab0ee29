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
      "Look up the decline code at docs.dodopayments.com/api-reference/transaction-failures, fix the account or the request, then resume.",
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
  rate_limited: {
    text: "Dodo keeps answering a charge with HTTP 429, so the charge is not made.",
    advice:
      "Check what uses up the account's rate limit at Dodo. Reprise keeps trying, and needs no answer.",
    linkAllowed: true,
    retryAllowed: true,
  },
  outcome_deadline: {
    text: "An accepted payment has been open for too long.",
    advice:
      "Check the payment in Dodo; the recovery continues when it ends. If nobody will complete it, retry with `confirmed_dead` (in Temporal `confirmedDead`).",
    linkAllowed: false,
    retryAllowed: false,
  },
  merchant_action_required: {
    text: "A payment waits for an action of the merchant.",
    advice:
      "Open the payment in Dodo, and do what its status asks for. Nothing else is charged until it ends.",
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
  bought_again: {
    text: "The customer has bought the same product again since the charge failed, and paid for it.",
    advice:
      "If the new subscription replaces this one, write the debt off; if the customer wants both, resume.",
    linkAllowed: false,
    retryAllowed: false,
  },
  customer_payments_unknown: {
    text: "Whether the customer has bought the same product again could not be found out.",
    advice:
      "Look for newer subscriptions of this customer in Dodo. If one replaces this subscription, write the debt off; otherwise nothing is to be done.",
    linkAllowed: true,
    retryAllowed: true,
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
  unknown_tax: {
    text: "Dodo does not say how much of the failed payment is tax, so nothing is charged; the customer is asked to pay.",
    advice:
      "If Dodo computes no tax for this account, set `unknown_tax: none` in the policy file, for recoveries that open later. " +
      "Otherwise collect this debt in Dodo, and mark it as paid.",
    linkAllowed: true,
    retryAllowed: false,
  },
  unknown_amount: {
    text: "Dodo gives no amount for a payment of this subscription.",
    advice:
      "Check the payment in Dodo. When it has an amount there, resume; otherwise collect what is owed, then mark it as paid or write it off.",
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
  too_many_subscriptions: {
    text: "A webhook is about a payment for more than 100 subscriptions. It is acknowledged, and changes nothing.",
    advice:
      "The sweep opens a recovery for each of these subscriptions that Dodo lists as on hold or past due; look at its result. " +
      "Collect what the payment was for in Dodo.",
    linkAllowed: true,
    retryAllowed: true,
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
  other_business: {
    text: "A webhook or the API key is of another Dodo business than this namespace. Such webhooks are acknowledged and change nothing.",
    advice:
      "Check which endpoint at Dodo sends to this gateway, DODO_PAYMENTS_WEBHOOK_KEY and DODO_PAYMENTS_API_KEY. " +
      "If the namespace's record is wrong, delete it (`temporal schedule delete --schedule-id reprise-business`) and " +
      "restart the worker and the gateway, which record it again.",
    linkAllowed: true,
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
    text: "A notice could not be delivered: the customer's address is missing or refused.",
    advice: "Check the customer's email address in Dodo.",
    linkAllowed: true,
    retryAllowed: true,
  },
  sender_refused: {
    text: "Mail does not go out: the mail server refuses the sender, or gives no answer.",
    advice:
      "Check SMTP_URL, EMAIL_FROM and the mail provider's account: sign-in, verified sender, quota. Mails that wait are tried for three days.",
    linkAllowed: true,
    retryAllowed: true,
  },
  announcement_unsent: {
    text: "An attempt has waited for three days, because its announcement could not be sent.",
    advice:
      "Mend the mail server or the sender, then resume: the attempt is announced, then made. Or retry, to charge without an announcement.",
    linkAllowed: true,
    retryAllowed: true,
  },
  advice_not_taken: {
    text: "Advise mode: an attempt was advised, and no charge with its key was made in time.",
    advice:
      "Check that your server receives `recovery.advice` and charges with `recovery_attempt` in the payment's metadata. " +
      "After the third time the recovery waits: resume, and the attempt is advised again.",
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
  dodo_cart_recovery: {
    text: "Dodo takes unpaid checkouts for abandoned and sends emails of its own, and Reprise writes to the same customers.",
    advice:
      "Use one of the two: switch off abandoned cart recovery in Dodo, or set one_time_payments to ignore.",
    linkAllowed: true,
    retryAllowed: true,
  },
  webhook_undelivered: {
    text: "An outgoing webhook was not delivered to your system, and Reprise stopped trying.",
    advice:
      "Check the server behind OUTGOING_WEBHOOK_URL and update its data. The delivery's result in Temporal lists what it missed.",
    linkAllowed: true,
    retryAllowed: true,
  },
  workflow_task_failing: {
    text: "Workflows stand still, because their workflow tasks fail: a rule throws, or a release does not fit their histories.",
    advice:
      "Deploy the previous release, or a fix. Nothing is charged there meanwhile, and nothing is lost. " +
      "The pending workflow task in Temporal has the error; reprise doctor lists the workflows.",
    linkAllowed: true,
    retryAllowed: true,
  },
  ledger_drift: {
    text: "The nightly check found differences between the ledger and the histories of its recoveries. The numbers of its reports may be wrong.",
    advice:
      "Run reprise ledger verify: it names each difference, and says how to mend it. Charges, emails and decisions are not affected.",
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
