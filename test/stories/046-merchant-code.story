The amount is invalid; the merchant fixes it, and the schedule continues

shows
  4.3 Handling `merchant`: the operator is notified, and the customer receives no mail

given
  an on-demand subscription of USD 29.00, authorized at 13:10

when
  day 0 13:10   the merchant charges USD 29.00: declined INVALID_AMOUNT
  day 2 09:00   the operator resumes the recovery

then
  day 0 13:10   the merchant's charge, USD 29.00: declined INVALID_AMOUNT
  day 0 13:10   operator notified: merchant_code
  day 3 13:10   attempt 2, USD 29.00: succeeded
  day 3 13:10   ended: recovered by attempt, reactivated (subscription.reactivated)
