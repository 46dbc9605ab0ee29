A charge waits for the merchant: the operator is asked, not the customer

shows
  3.33 If a charge waits for the merchant, the operator is asked and the customer hears nothing of it

given
  an on-demand subscription of USD 29.00, authorized at 13:10

when
  day 0 13:10   the merchant charges USD 29.00: declined INSUFFICIENT_FUNDS
  day 5 10:00   attempt 2 ends: succeeded

charges by Reprise
  open, status requires_merchant_action

then
  day 0 13:10   the merchant's charge, USD 29.00: declined INSUFFICIENT_FUNDS
  day 0 15:10   mail “your payment failed”, reason INSUFFICIENT_FUNDS
  day 2 13:10   mail “we will try again”, before attempt 2
  day 3 13:10   attempt 2, USD 29.00: open
  day 3 15:10   operator notified: merchant_action_required
  day 5 10:00   attempt 2: succeeded
  day 5 10:00   mail “thank you”
  day 5 10:00   ended: recovered by attempt, reactivated (subscription.reactivated)
