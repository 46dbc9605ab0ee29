The customer paid by bank transfer

shows
  6.18 The operator marks the debt as paid

given
  an on-demand subscription of USD 29.00, authorized at 13:10

when
  day 0 13:10   the merchant charges USD 29.00: declined PAYMENT_METHOD_UNSUPPORTED
  day 9 10:00   the operator marks the debt as paid

then
  day 0 13:10   the merchant's charge, USD 29.00: declined PAYMENT_METHOD_UNSUPPORTED
  day 0 13:10   mail “please pay”, number 1, reason PAYMENT_METHOD_UNSUPPORTED
  day 3 13:10   mail “please pay”, number 2, reason PAYMENT_METHOD_UNSUPPORTED
  day 7 13:10   mail “please pay”, number 3, reason PAYMENT_METHOD_UNSUPPORTED
  day 9 10:00   ended: recovered by operator (operator.command)
