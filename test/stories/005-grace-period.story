In a grace period the subscription is past_due; it is charged and becomes active

shows
  2.5 A debt in a grace period is recovered like one on hold

given
  an on-demand subscription of USD 29.00, authorized at 13:10
  a failed charge makes the subscription past_due for 7 days

when
  day 0 13:10   the merchant charges USD 29.00: declined INSUFFICIENT_FUNDS

then
  day 0 13:10   the merchant's charge, USD 29.00: declined INSUFFICIENT_FUNDS
  day 0 15:10   mail “your payment failed”, reason INSUFFICIENT_FUNDS
  day 2 13:10   mail “we will try again”, before attempt 2
  day 3 13:10   attempt 2, USD 29.00: succeeded
  day 3 13:10   mail “thank you”
  day 3 13:10   ended: recovered by attempt, reactivated (subscription.reactivated)
