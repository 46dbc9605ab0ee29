One payment for two subscriptions fails

shows
  2.13 A payment for several subscriptions needs a decision by the operator

given
  an on-demand subscription of USD 29.00, authorized at 13:10

when
  day 0 13:10   the merchant charges USD 29.00 for two subscriptions at once: declined INSUFFICIENT_FUNDS
  day 4 12:00   the operator writes off the debt

then
  day 0 13:10   the merchant's charge, USD 29.00: declined INSUFFICIENT_FUNDS
  day 0 13:10   operator notified: multi_subscription
  day 4 12:00   ended: written_off by operator (operator.command)
