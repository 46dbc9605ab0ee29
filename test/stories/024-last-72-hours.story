With a window of twelve days, the second retry would start in the last 72 hours

shows
  3.10 No attempt starts in the last 72 hours of the window

given
  an on-demand subscription of USD 29.00, authorized at 13:10
  policy
    window: 13d
    retry:
      gaps: [3d, 7d]
    notices:
      hard: [0s, 1d]

when
  day 0 13:10   the merchant charges USD 29.00: declined INSUFFICIENT_FUNDS

charges by Reprise
  declined INSUFFICIENT_FUNDS

then
  day 0 13:10   the merchant's charge, USD 29.00: declined INSUFFICIENT_FUNDS
  day 0 15:10   mail “your payment failed”, reason INSUFFICIENT_FUNDS
  day 2 13:10   mail “we will try again”, before attempt 2
  day 3 13:10   attempt 2, USD 29.00: declined INSUFFICIENT_FUNDS
  day 9 13:10   mail “we will try again”, before attempt 3
  day 10 13:10  attempt 3, USD 29.00: succeeded
  day 10 13:10  mail “thank you”
  day 10 13:10  ended: recovered by attempt, reactivated (subscription.reactivated)
