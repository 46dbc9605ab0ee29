A successful attempt is disputed while the subscription is still on hold

shows
  6.8 A success that is disputed still settles its debt

given
  an on-demand subscription of USD 29.00, authorized at 13:10
  a payment does not reactivate the subscription

when
  day 0 13:10   the merchant charges USD 29.00: declined NETWORK_ERROR
  day 1 14:30   attempt 2 is disputed

then
  day 0 13:10   the merchant's charge, USD 29.00: declined NETWORK_ERROR
  day 0 15:10   mail “your payment failed”, reason NETWORK_ERROR
  day 1 13:10   attempt 2, USD 29.00: succeeded
  day 2 13:10   operator notified: not_reactivated
  day 2 13:10   mail “thank you”
  day 2 13:10   ended: recovered by attempt, not reactivated (subscription.not_reactivated)
