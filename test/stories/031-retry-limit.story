Dodo's own limit of retries is reached

shows
  3.17 SUBSCRIPTION_PAYMENT_RETRY_LIMIT_EXCEEDED asks the customer to act

given
  an on-demand subscription of USD 29.00, authorized at 13:10

when
  day 0 13:10   the merchant charges USD 29.00: declined INSUFFICIENT_FUNDS
  day 5 09:00   the customer changes the card in Dodo's portal: succeeded

charges by Reprise
  refused with SUBSCRIPTION_PAYMENT_RETRY_LIMIT_EXCEEDED, HTTP 422

then
  day 0 13:10   the merchant's charge, USD 29.00: declined INSUFFICIENT_FUNDS
  day 0 15:10   mail “your payment failed”, reason INSUFFICIENT_FUNDS
  day 2 13:10   mail “we will try again”, before attempt 2
  day 3 13:10   attempt 2, USD 29.00: refused with SUBSCRIPTION_PAYMENT_RETRY_LIMIT_EXCEEDED, HTTP 422
  day 3 13:10   mail “please pay”, number 1, reason INSUFFICIENT_FUNDS
  day 5 09:00   the card change in Dodo's portal, USD 29.00: succeeded
  day 5 09:00   mail “thank you”
  day 5 09:00   ended: recovered by customer, reactivated (subscription.reactivated)
