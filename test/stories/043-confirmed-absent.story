The operator confirms that no payment was made, and the attempt is sent again

shows
  3.28 An operator may confirm that a charge with an unknown outcome was not made

given
  an on-demand subscription of USD 29.00, authorized at 13:10

when
  day 0 13:10   the merchant charges USD 29.00: declined INSUFFICIENT_FUNDS
  day 3 15:00   the operator confirms that Dodo has no payment and charges now

charges by Reprise
  HTTP 502, and no payment is made

then
  day 0 13:10   the merchant's charge, USD 29.00: declined INSUFFICIENT_FUNDS
  day 0 15:10   mail “your payment failed”, reason INSUFFICIENT_FUNDS
  day 2 13:10   mail “we will try again”, before attempt 2
  day 3 13:10   attempt 2, USD 29.00: HTTP 502, and no payment is made
  day 3 15:00   attempt 2, USD 29.00: succeeded
  day 3 15:00   mail “thank you”
  day 3 15:00   ended: recovered by attempt, reactivated (subscription.reactivated)
