The API key is refused for a moment

shows
  3.22 A refused API key stops the charging, and the attempt stays due

given
  an on-demand subscription of USD 29.00, authorized at 13:10

when
  day 0 13:10   the merchant charges USD 29.00: declined INSUFFICIENT_FUNDS

charges by Reprise
  refused with UNAUTHORIZED, HTTP 401

then
  day 0 13:10   the merchant's charge, USD 29.00: declined INSUFFICIENT_FUNDS
  day 0 15:10   mail “your payment failed”, reason INSUFFICIENT_FUNDS
  day 2 13:10   mail “we will try again”, before attempt 2
  day 3 13:10   attempt 2, USD 29.00: refused with UNAUTHORIZED, HTTP 401
  day 3 13:11   attempt 2, USD 29.00: succeeded
  day 3 13:11   mail “thank you”
  day 3 13:11   ended: recovered by attempt, reactivated (subscription.reactivated)
