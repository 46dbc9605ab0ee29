A subscription in Kuwaiti dinars

shows
  8.4 Kuwaiti dinars have a thousand fils

given
  an on-demand subscription of KWD 9.120, authorized at 13:10

when
  day 0 13:10   the merchant charges KWD 9.120: declined INSUFFICIENT_FUNDS

then
  day 0 13:10   the merchant's charge, KWD 9.120: declined INSUFFICIENT_FUNDS
  day 0 15:10   mail “your payment failed”, reason INSUFFICIENT_FUNDS
  day 2 13:10   mail “we will try again”, before attempt 2
  day 3 13:10   attempt 2, KWD 9.120: succeeded
  day 3 13:10   mail “thank you”
  day 3 13:10   ended: recovered by attempt, reactivated (subscription.reactivated)
