A successful attempt is refunded while the subscription is still on hold

shows
  6.7 A success that was refunded still settles its debt

given
  an on-demand subscription of USD 29.00, authorized at 13:10
  a payment does not reactivate the subscription
  policy
    notices:
      before_attempt: 0s

when
  day 0 13:10   the merchant charges USD 29.00: declined INSUFFICIENT_FUNDS
  day 3 14:30   attempt 2 is refunded

then
  day 0 13:10   the merchant's charge, USD 29.00: declined INSUFFICIENT_FUNDS
  day 0 15:10   mail “your payment failed”, reason INSUFFICIENT_FUNDS
  day 3 13:10   attempt 2, USD 29.00: succeeded
  day 4 13:10   operator notified: not_reactivated
  day 4 13:10   mail “thank you”
  day 4 13:10   ended: recovered by attempt, not reactivated (subscription.not_reactivated)
