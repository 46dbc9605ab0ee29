Dodo does not charge a subscription on hold

shows
  3.16 SUBSCRIPTION_INACTIVE asks the customer to act

given
  an on-demand subscription of USD 29.00, authorized at 13:10
  Dodo refuses charges while the subscription is on hold

when
  day 0 13:10   the merchant charges USD 29.00: declined INSUFFICIENT_FUNDS
  day 5 09:00   the customer follows the link in the mail
  day 5 09:05   the customer pays on the payment page: succeeded

then
  day 0 13:10   the merchant's charge, USD 29.00: declined INSUFFICIENT_FUNDS
  day 0 15:10   mail “your payment failed”, reason INSUFFICIENT_FUNDS
  day 2 13:10   mail “we will try again”, before attempt 2
  day 3 13:10   attempt 2, USD 29.00: refused with SUBSCRIPTION_INACTIVE, HTTP 422
  day 3 13:10   mail “please pay”, number 1, reason INSUFFICIENT_FUNDS
  day 5 09:00   the customer's payment page, USD 29.00: open
  day 5 09:05   the customer's payment page: succeeded
  day 5 09:05   mail “thank you”
  day 5 09:05   ended: recovered by link, reactivated (subscription.reactivated)
