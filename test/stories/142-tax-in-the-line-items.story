The line items of the failed payment show its tax

shows
  8.12 The line items of a failed payment show its tax, where they add up to its total

given
  an on-demand subscription of EUR 29.00, authorized at 13:10
  21 % tax is added to the price
  Dodo gives the tax of a failed payment in its line items only
  policy
    notices:
      recovered: false

when
  day 0 13:10   the merchant charges EUR 29.00: declined INSUFFICIENT_FUNDS

then
  day 0 13:10   the merchant's charge, EUR 35.09: declined INSUFFICIENT_FUNDS
  day 0 15:10   mail “your payment failed”, reason INSUFFICIENT_FUNDS
  day 2 13:10   mail “we will try again”, before attempt 2
  day 3 13:10   attempt 2, EUR 35.09: succeeded
  day 3 13:10   ended: recovered by attempt, reactivated (subscription.reactivated)
