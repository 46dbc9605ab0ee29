The customer leaves the payment page, which is not a decline, and the schedule continues

shows
  4.17 A payment in `requires_payment_method` is an abandoned page, not a decline
  5.9 The attempts continue after an unused payment page has expired

given
  an on-demand subscription of USD 29.00, authorized at 13:10

when
  day 0 13:10   the merchant charges USD 29.00: declined INSUFFICIENT_FUNDS
  day 2 20:00   the customer follows the link in the mail

then
  day 0 13:10   the merchant's charge, USD 29.00: declined INSUFFICIENT_FUNDS
  day 0 15:10   mail “your payment failed”, reason INSUFFICIENT_FUNDS
  day 2 13:10   mail “we will try again”, before attempt 2
  day 2 20:00   the customer's payment page, USD 29.00: open
  day 3 20:00   attempt 2, USD 29.00: succeeded
  day 3 20:00   mail “thank you”
  day 3 20:00   ended: recovered by attempt, reactivated (subscription.reactivated)
