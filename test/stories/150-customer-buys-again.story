The customer buys the same product again, and the operator writes the old debt off

shows
  12.1 If the customer buys the same product again, nothing is charged or sent until the operator decides

given
  an on-demand subscription of USD 29.00, authorized at 13:10

when
  day 0 13:10   the merchant charges USD 29.00: declined INSUFFICIENT_FUNDS
  day 0 14:00   the customer buys the same product again
  day 6 09:00   the operator writes off the debt

then
  day 0 13:10   the merchant's charge, USD 29.00: declined INSUFFICIENT_FUNDS
  day 0 15:10   operator notified: bought_again
  day 6 09:00   ended: written_off by operator (operator.command)
