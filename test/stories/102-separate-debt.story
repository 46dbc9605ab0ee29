The operator declares the other failed charge a separate debt

shows
  8.9 The operator may declare another failed charge a separate debt

given
  an on-demand subscription of USD 29.00, authorized at 13:10

when
  day 0 13:10   the merchant charges USD 29.00: declined INSUFFICIENT_FUNDS
  day 1 09:00   the merchant charges USD 9.00: declined INSUFFICIENT_FUNDS
  day 2 09:00   the operator resumes the recovery and makes the other charge a separate debt

then
  day 0 13:10   the merchant's charge, USD 29.00: declined INSUFFICIENT_FUNDS
  day 0 15:10   mail “your payment failed”, reason INSUFFICIENT_FUNDS
  day 1 09:00   the merchant's charge 2, USD 9.00: declined INSUFFICIENT_FUNDS
  day 1 09:00   operator notified: second_debt
  day 2 13:10   mail “we will try again”, before attempt 2
  day 3 13:10   attempt 2, USD 29.00: succeeded
  day 3 13:10   mail “thank you”
  day 3 15:10   mail “your payment failed” for charge 2, reason INSUFFICIENT_FUNDS
  day 4 13:10   attempt 2 for charge 2, USD 9.00: succeeded
  day 4 13:10   mail “thank you” for charge 2
  day 4 13:10   ended: recovered by attempt, reactivated (subscription.reactivated); recovered by attempt for charge 2, reactivated (subscription.reactivated)
