A person looks in Dodo, and need not wait a day

shows
  3.28 An unknown charge is settled by a person who has looked, not by one who is impatient

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
