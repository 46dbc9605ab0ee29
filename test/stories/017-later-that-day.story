Authorized at 11:00, so attempts start at the first 11:00 that is at most an hour early

shows
  3.1 An attempt keeps the UTC time of day of the authorization

given
  an on-demand subscription of USD 29.00, authorized at 11:00

when
  day 0 13:10   the merchant charges USD 29.00: declined INSUFFICIENT_FUNDS

charges by Reprise
  declined INSUFFICIENT_FUNDS

then
  day 0 13:10   the merchant's charge, USD 29.00: declined INSUFFICIENT_FUNDS
  day 0 15:10   mail “your payment failed”, reason INSUFFICIENT_FUNDS
  day 3 11:00   mail “we will try again”, before attempt 2
  day 4 11:00   attempt 2, USD 29.00: declined INSUFFICIENT_FUNDS
  day 10 11:00  mail “we will try again”, before attempt 3
  day 11 11:00  attempt 3, USD 29.00: succeeded
  day 11 11:00  mail “thank you”
  day 11 11:00  ended: recovered by attempt, reactivated (subscription.reactivated)
