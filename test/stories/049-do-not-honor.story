DO_NOT_HONOR after a soft decline

shows
  4.6 Dodo's do-not-retry list: DO_NOT_HONOR

given
  an on-demand subscription of USD 29.00, authorized at 13:10
  policy
    window: 14d
    retry:
      gaps: [3d, 7d]
    notices:
      hard: [0s, 3d]

when
  day 0 13:10   the merchant charges USD 29.00: declined INSUFFICIENT_FUNDS

charges by Reprise
  declined DO_NOT_HONOR

then
  day 0 13:10   the merchant's charge, USD 29.00: declined INSUFFICIENT_FUNDS
  day 0 15:10   mail “your payment failed”, reason INSUFFICIENT_FUNDS
  day 2 13:10   mail “we will try again”, before attempt 2
  day 3 13:10   attempt 2, USD 29.00: declined DO_NOT_HONOR
  day 3 13:10   mail “please pay”, number 1, reason DO_NOT_HONOR
  day 6 13:10   mail “please pay”, number 2, reason DO_NOT_HONOR
  day 14 13:10  ended: exhausted by reprise (window.ended)
