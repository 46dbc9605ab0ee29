A failed attempt succeeds later

shows
  6.10 A late success within the window counts

given
  an on-demand subscription of USD 29.00, authorized at 13:10

when
  day 0 13:10   the merchant charges USD 29.00: declined INSUFFICIENT_FUNDS
  day 4 09:00   attempt 2 ends: succeeded

charges by Reprise
  declined INSUFFICIENT_FUNDS

then
  day 0 13:10   the merchant's charge, USD 29.00: declined INSUFFICIENT_FUNDS
  day 0 15:10   mail “your payment failed”, reason INSUFFICIENT_FUNDS
  day 2 13:10   mail “we will try again”, before attempt 2
  day 3 13:10   attempt 2, USD 29.00: declined INSUFFICIENT_FUNDS
  day 4 09:00   attempt 2: succeeded
  day 4 09:00   mail “thank you”
  day 4 09:00   ended: recovered by attempt, reactivated (subscription.reactivated)
