A decline is the merchant's fault, and the policy cancels exhausted subscriptions

shows
  6.3 No subscription is cancelled for a decline that is the merchant's fault

given
  an on-demand subscription of USD 29.00, authorized at 13:10
  policy
    on_exhausted: cancel
    window: 10d
    retry:
      gaps: [3d]
    notices:
      hard: [0s]

when
  day 0 13:10   the merchant charges USD 29.00: declined LIVE_MODE_TEST_CARD
  day 1 09:00   the operator resumes the recovery

charges by Reprise
  declined LIVE_MODE_TEST_CARD

then
  day 0 13:10   the merchant's charge, USD 29.00: declined LIVE_MODE_TEST_CARD
  day 0 13:10   operator notified: merchant_code
  day 3 13:10   attempt 2, USD 29.00: declined LIVE_MODE_TEST_CARD
  day 3 13:10   operator notified: merchant_code
  day 75 00:00  the recovery is still open; the subscription is on_hold
