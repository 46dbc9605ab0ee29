The window ends while the outcome of a charge is unknown

shows
  6.12 The window stays open for a charge with an unknown outcome

given
  an on-demand subscription of USD 29.00, authorized at 13:10
  policy
    window: 4d
    quiet_end: 12h
    retry:
      gaps: [3d]
      settle: 40h
    notices:
      hard: [0s]

when
  day 0 13:10   the merchant charges USD 29.00: declined INSUFFICIENT_FUNDS

charges by Reprise
  no answer, and no payment is made

then
  day 0 13:10   the merchant's charge, USD 29.00: declined INSUFFICIENT_FUNDS
  day 0 15:10   mail “your payment failed”, reason INSUFFICIENT_FUNDS
  day 2 13:10   mail “we will try again”, before attempt 2
  day 3 13:10   attempt 2, USD 29.00: no answer, and no payment is made
  day 5 05:10   ended: exhausted by reprise (window.ended)
