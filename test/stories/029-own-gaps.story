The merchant sets short gaps between the attempts

shows
  3.15 The merchant may set the gaps, without the authorization's time of day

given
  an on-demand subscription of USD 29.00, authorized at 13:10
  policy
    retry:
      gaps: [6h, 36h]
      transient_gap: 1h
      align: none
    notices:
      first_soft: 30m
      before_attempt: 2h

when
  day 0 13:10   the merchant charges USD 29.00: declined INSUFFICIENT_FUNDS

charges by Reprise
  declined INSUFFICIENT_FUNDS

then
  day 0 13:10   the merchant's charge, USD 29.00: declined INSUFFICIENT_FUNDS
  day 0 13:40   mail “your payment failed”, reason INSUFFICIENT_FUNDS
  day 0 17:10   mail “we will try again”, before attempt 2
  day 0 19:10   attempt 2, USD 29.00: declined INSUFFICIENT_FUNDS
  day 2 05:10   mail “we will try again”, before attempt 3
  day 2 07:10   attempt 3, USD 29.00: succeeded
  day 2 07:10   mail “thank you”
  day 2 07:10   ended: recovered by attempt, reactivated (subscription.reactivated)
