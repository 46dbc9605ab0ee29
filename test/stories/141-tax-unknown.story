Dodo does not say how much of the failed payment is tax

shows
  8.11 If Dodo does not say how much of a failed payment is tax, nothing is charged and the customer is asked to pay

given
  an on-demand subscription of EUR 29.00, authorized at 13:10
  21 % tax is added to the price
  Dodo does not give the tax of a failed payment

when
  day 0 13:10   the merchant charges EUR 29.00: declined INSUFFICIENT_FUNDS
  day 4 09:00   the operator marks the debt as paid

then
  day 0 13:10   the merchant's charge, EUR 35.09: declined INSUFFICIENT_FUNDS
  day 0 13:10   operator notified: unknown_tax
  day 0 13:10   mail “please pay”, number 1, reason INSUFFICIENT_FUNDS
  day 3 13:10   mail “please pay”, number 2, reason INSUFFICIENT_FUNDS
  day 4 09:00   ended: recovered by operator (operator.command)
