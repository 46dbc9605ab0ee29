The policy ends a debt whose customer buys the same product again

shows
  12.4 `replaced_by: end` ends the debt when the customer has bought the same product again

given
  an on-demand subscription of USD 29.00, authorized at 13:10
  policy
    replaced_by: end

when
  day 0 13:10   the merchant charges USD 29.00: declined INSUFFICIENT_FUNDS
  day 1 09:00   the customer buys the same product again

then
  day 0 13:10   the merchant's charge, USD 29.00: declined INSUFFICIENT_FUNDS
  day 0 15:10   mail “your payment failed”, reason INSUFFICIENT_FUNDS
  day 2 13:10   ended: nothing_owed by customer (payment.replaced)
