A subscription in yen

shows
  8.3 Yen have no smaller unit

given
  an on-demand subscription of JPY 2900, authorized at 13:10

when
  day 0 13:10   the merchant charges JPY 2900: declined INSUFFICIENT_FUNDS

then
  day 0 13:10   the merchant's charge, JPY 2900: declined INSUFFICIENT_FUNDS
  day 0 15:10   mail “your payment failed”, reason INSUFFICIENT_FUNDS
  day 2 13:10   mail “we will try again”, before attempt 2
  day 3 13:10   attempt 2, JPY 2900: succeeded
  day 3 13:10   mail “thank you”
  day 3 13:10   ended: recovered by attempt, reactivated (subscription.reactivated)
