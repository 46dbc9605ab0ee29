The customer withdraws the cancellation

shows
  6.19 The schedule continues after a cancellation is withdrawn

given
  an on-demand subscription of USD 29.00, authorized at 13:10

when
  day 0 13:10   the merchant charges USD 29.00: declined INSUFFICIENT_FUNDS
  day 1 12:00   the customer schedules a cancellation for the next billing date
  day 5 12:00   the customer withdraws the cancellation

then
  day 0 13:10   the merchant's charge, USD 29.00: declined INSUFFICIENT_FUNDS
  day 0 15:10   mail “your payment failed”, reason INSUFFICIENT_FUNDS
  day 1 12:00   mail “please pay”, number 1, reason INSUFFICIENT_FUNDS
  day 4 12:00   mail “please pay”, number 2, reason INSUFFICIENT_FUNDS
  day 5 13:10   mail “we will try again”, before attempt 2
  day 6 13:10   attempt 2, USD 29.00: succeeded
  day 6 13:10   mail “thank you”
  day 6 13:10   ended: recovered by attempt, reactivated (subscription.reactivated)
