The answer to a charge is lost, and the workflow is terminated an hour later

shows
  11.6 After a termination the next run waits for the charge that the terminated one had sent

given
  an on-demand subscription of USD 29.00, authorized at 13:10

when
  day 0 13:10   the merchant charges USD 29.00: declined INSUFFICIENT_FUNDS
  day 3 14:10   the operator terminates the workflow in Temporal
  day 3 15:10   the sweep runs

charges by Reprise
  no answer, and no payment is made

then
  day 0 13:10   the merchant's charge, USD 29.00: declined INSUFFICIENT_FUNDS
  day 0 15:10   mail “your payment failed”, reason INSUFFICIENT_FUNDS
  day 2 13:10   mail “we will try again”, before attempt 2
  day 3 13:10   attempt 2, USD 29.00: no answer, and no payment is made
  day 3 15:10   the sweep opens a recovery (failed_payments)
  day 4 13:10   attempt 2, USD 29.00: succeeded
  day 4 13:10   ended: recovered by attempt, reactivated (subscription.reactivated)
