The debt is paid, and the subscription stays on hold

shows
  5.7 If the subscription is paid and still on hold, Reprise reads Dodo for a day and then notifies the operator

given
  an on-demand subscription of USD 29.00, authorized at 13:10
  a payment does not reactivate the subscription

when
  day 0 13:10   the merchant charges USD 29.00: declined INSUFFICIENT_FUNDS

then
  day 0 13:10   the merchant's charge, USD 29.00: declined INSUFFICIENT_FUNDS
  day 0 15:10   mail “your payment failed”, reason INSUFFICIENT_FUNDS
  day 2 13:10   mail “we will try again”, before attempt 2
  day 3 13:10   attempt 2, USD 29.00: succeeded
  day 4 13:10   operator notified: not_reactivated
  day 4 13:10   mail “thank you”
  day 4 13:10   ended: recovered by attempt, not reactivated (subscription.not_reactivated)
