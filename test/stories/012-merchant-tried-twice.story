The merchant's own retry fails before the recovery opens

shows
  2.11 Several failed payments of one price are one debt, and the operator is notified

given
  an on-demand subscription of USD 29.00, authorized at 13:10

when
  day 0 13:10   webhooks stop arriving
  day 0 13:10   the merchant charges USD 29.00: declined INSUFFICIENT_FUNDS
  day 0 13:40   the merchant charges USD 29.00: declined INSUFFICIENT_FUNDS
  day 0 13:50   webhooks arrive again
  day 0 14:00   the lost webhooks are delivered

then
  day 0 13:10   the merchant's charge, USD 29.00: declined INSUFFICIENT_FUNDS
  day 0 13:40   the merchant's charge 2, USD 29.00: declined INSUFFICIENT_FUNDS
  day 0 14:00   operator notified: second_debt
  day 6 13:10   mail “we will try again”, before attempt 3
  day 7 13:10   attempt 3, USD 29.00: succeeded
  day 7 13:10   mail “thank you”
  day 7 13:10   ended: recovered by attempt, reactivated (subscription.reactivated)
