20 % tax is added to the price

shows
  8.1 Tax on top of the price is charged once, because an attempt charges the net price

given
  an on-demand subscription of USD 29.00, authorized at 13:10
  20 % tax is added to the price
  policy
    notices:
      recovered: false

when
  day 0 13:10   the merchant charges USD 29.00: declined INSUFFICIENT_FUNDS

then
  day 0 13:10   the merchant's charge, USD 34.80: declined INSUFFICIENT_FUNDS
  day 0 15:10   mail “your payment failed”, reason INSUFFICIENT_FUNDS
  day 2 13:10   mail “we will try again”, before attempt 2
  day 3 13:10   attempt 2, USD 34.80: succeeded
  day 3 13:10   ended: recovered by attempt, reactivated (subscription.reactivated)
