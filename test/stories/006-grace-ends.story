The grace period of two days ends before the first retry

shows
  2.5 A debt in a grace period is recovered like one on hold

given
  an on-demand subscription of USD 29.00, authorized at 13:10
  a failed charge makes the subscription past_due for 2 days

when
  day 0 13:10   the merchant charges USD 29.00: declined CARD_VELOCITY_EXCEEDED

then
  day 0 13:10   the merchant's charge, USD 29.00: declined CARD_VELOCITY_EXCEEDED
  day 0 15:10   mail “your payment failed”, reason CARD_VELOCITY_EXCEEDED
  day 2 13:10   mail “we will try again”, before attempt 2
  day 3 13:10   attempt 2, USD 29.00: succeeded
  day 3 13:10   mail “thank you”
  day 3 13:10   ended: recovered by attempt, reactivated (subscription.reactivated)
