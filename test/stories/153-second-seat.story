The customer's second seat of the same product is renewed

shows
  12.5 The renewal of the customer's second seat holds nothing

given
  an on-demand subscription of USD 19.00, authorized at 08:30

when
  day 0 08:30   the merchant charges USD 19.00: declined INSUFFICIENT_FUNDS
  day 1 09:00   the customer's second seat is renewed

then
  day 0 08:30   the merchant's charge, USD 19.00: declined INSUFFICIENT_FUNDS
  day 0 10:30   mail “your payment failed”, reason INSUFFICIENT_FUNDS
  day 2 08:30   mail “we will try again”, before attempt 2
  day 3 08:30   attempt 2, USD 19.00: succeeded
  day 3 08:30   mail “thank you”
  day 3 08:30   ended: recovered by attempt, reactivated (subscription.reactivated)
