The workflow is terminated after a manual retry of Dodo's was declined

shows
  11.6 After a termination the next run waits for the charge that the terminated one had sent

given
  a scheduled subscription of USD 29.00, authorized at 13:10
  policy
    scheduled_subscriptions: manage

when
  day 0 13:10   Dodo charges the renewal of USD 29.00: declined INSUFFICIENT_FUNDS
  day 5 14:10   the operator terminates the workflow in Temporal
  day 5 15:10   the sweep runs

charges by Reprise
  declined INSUFFICIENT_FUNDS

then
  day 0 13:10   the renewal, USD 29.00: declined INSUFFICIENT_FUNDS
  day 0 15:10   mail “your payment failed”, reason INSUFFICIENT_FUNDS
  day 2 13:10   mail “we will try again”, before attempt 2
  day 3 13:10   Dodo's manual retry, USD 29.00: declined INSUFFICIENT_FUNDS
  day 5 15:10   the sweep opens a recovery (failed_payments)
  day 9 13:10   mail “we will try again”, before attempt 3
  day 10 13:10  Dodo's manual retry, USD 29.00: succeeded
  day 10 13:10  mail “thank you”
  day 10 13:10  ended: recovered by attempt, reactivated (subscription.reactivated)
