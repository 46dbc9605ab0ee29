The failed payment was in another currency than the subscription

shows
  8.5 If the failed payment was in another currency than the subscription, the customer is asked to pay

given
  an on-demand subscription of USD 29.00, authorized at 13:10

when
  day 0 13:10   the merchant charges EUR 27.00: declined INSUFFICIENT_FUNDS
  day 1 09:00   the operator marks the debt as paid

then
  day 0 13:10   the merchant's charge, EUR 27.00: declined INSUFFICIENT_FUNDS
  day 0 13:10   mail “please pay”, number 1, reason INSUFFICIENT_FUNDS
  day 1 09:00   ended: recovered by operator (operator.command)
