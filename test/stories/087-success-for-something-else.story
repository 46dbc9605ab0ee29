A payment made elsewhere was for something else

shows
  7.4 If an unattributed success was for something else, the recovery continues

given
  an on-demand subscription of USD 29.00, authorized at 13:10
  a failed charge leaves the subscription active

when
  day 0 13:10   the merchant charges USD 29.00: declined INSUFFICIENT_FUNDS
  day 1 09:00   the merchant charges USD 5.00: succeeded
  day 2 09:00   the operator resumes the recovery

then
  day 0 13:10   the merchant's charge, USD 29.00: declined INSUFFICIENT_FUNDS
  day 0 15:10   mail “your payment failed”, reason INSUFFICIENT_FUNDS
  day 1 09:00   the merchant's charge 2, USD 5.00: succeeded
  day 1 09:00   operator notified: unattributed_success
  day 2 13:10   mail “we will try again”, before attempt 2
  day 3 13:10   attempt 2, USD 29.00: succeeded
  day 3 13:10   mail “thank you”
  day 3 13:10   ended: recovered by attempt, reactivated (subscription.reactivated)
