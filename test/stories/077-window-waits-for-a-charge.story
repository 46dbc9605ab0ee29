The window ends while a charge is in flight

shows
  6.11 The window stays open for a charge in flight

given
  an on-demand subscription of USD 29.00, authorized at 13:10
  policy
    window: 4d
    quiet_end: 12h
    retry:
      gaps: [3d]
    notices:
      hard: [0s]

when
  day 0 13:10   the merchant charges USD 29.00: declined INSUFFICIENT_FUNDS
  day 5 18:00   attempt 2 ends: succeeded

charges by Reprise
  open, status processing

then
  day 0 13:10   the merchant's charge, USD 29.00: declined INSUFFICIENT_FUNDS
  day 0 15:10   mail “your payment failed”, reason INSUFFICIENT_FUNDS
  day 2 13:10   mail “we will try again”, before attempt 2
  day 3 13:10   attempt 2, USD 29.00: open
  day 5 18:00   attempt 2: succeeded
  day 5 18:00   mail “thank you”
  day 5 18:00   ended: recovered by attempt, reactivated (subscription.reactivated)
