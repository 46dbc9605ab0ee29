Two charges of different prices have failed

shows
  2.12 Several failed payments of different prices need a decision by the operator

given
  an on-demand subscription of USD 29.00, authorized at 13:10

when
  day 0 13:10   webhooks stop arriving
  day 0 13:10   the merchant charges USD 29.00: declined INSUFFICIENT_FUNDS
  day 0 13:40   the merchant charges USD 9.00: declined INSUFFICIENT_FUNDS
  day 0 13:50   webhooks arrive again
  day 0 14:00   the lost webhooks are delivered
  day 2 12:00   the operator writes off the debt

then
  day 0 13:10   the merchant's charge, USD 29.00: declined INSUFFICIENT_FUNDS
  day 0 13:40   the merchant's charge 2, USD 9.00: declined INSUFFICIENT_FUNDS
  day 0 14:00   operator notified: several_failures
  day 2 12:00   ended: written_off by operator (operator.command); written_off by operator for charge 2 (operator.command)
