All webhooks arrive twice, days apart

shows
  11.2 A webhook that arrives twice counts once

given
  an on-demand subscription of USD 29.00, authorized at 13:10
  policy
    retry:
      gaps: [3d, 5d]

when
  day 0 13:10   the merchant charges USD 29.00: declined INSUFFICIENT_FUNDS
  day 2 09:00   all webhooks so far are delivered again
  day 5 09:00   all webhooks so far are delivered again

charges by Reprise
  declined INSUFFICIENT_FUNDS

then
  day 0 13:10   the merchant's charge, USD 29.00: declined INSUFFICIENT_FUNDS
  day 0 15:10   mail “your payment failed”, reason INSUFFICIENT_FUNDS
  day 2 13:10   mail “we will try again”, before attempt 2
  day 3 13:10   attempt 2, USD 29.00: declined INSUFFICIENT_FUNDS
  day 7 13:10   mail “we will try again”, before attempt 3
  day 8 13:10   attempt 3, USD 29.00: succeeded
  day 8 13:10   mail “thank you”
  day 8 13:10   ended: recovered by attempt, reactivated (subscription.reactivated)
