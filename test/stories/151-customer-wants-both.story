The customer buys the same product again after the announcement, and wants both subscriptions

shows
  12.2 An attempt that was announced before the customer bought again is not sent
  12.3 After resume the attempt is announced anew, and that payment is not asked about again

given
  an on-demand subscription of USD 29.00, authorized at 13:10

when
  day 0 13:10   the merchant charges USD 29.00: declined INSUFFICIENT_FUNDS
  day 3 09:00   the customer buys the same product again
  day 5 09:00   the operator resumes the recovery

then
  day 0 13:10   the merchant's charge, USD 29.00: declined INSUFFICIENT_FUNDS
  day 0 15:10   mail “your payment failed”, reason INSUFFICIENT_FUNDS
  day 2 13:10   mail “we will try again”, before attempt 2
  day 3 13:10   operator notified: bought_again
  day 5 13:10   mail “we will try again”, before attempt 2, rescheduled
  day 6 13:10   attempt 2, USD 29.00: succeeded
  day 6 13:10   mail “thank you”
  day 6 13:10   ended: recovered by attempt, reactivated (subscription.reactivated)
