Dodo computes no tax for the account, and gives none

shows
  8.13 With `unknown_tax: none`, a payment whose tax Dodo does not give carries none

given
  an on-demand subscription of EUR 29.00, authorized at 13:10
  Dodo does not give the tax of a failed payment
  policy
    unknown_tax: none
    notices:
      recovered: false

when
  day 0 13:10   the merchant charges EUR 29.00: declined INSUFFICIENT_FUNDS

then
  day 0 13:10   the merchant's charge, EUR 29.00: declined INSUFFICIENT_FUNDS
  day 0 15:10   mail “your payment failed”, reason INSUFFICIENT_FUNDS
  day 2 13:10   mail “we will try again”, before attempt 2
  day 3 13:10   attempt 2, EUR 29.00: succeeded
  day 3 13:10   ended: recovered by attempt, reactivated (subscription.reactivated)
