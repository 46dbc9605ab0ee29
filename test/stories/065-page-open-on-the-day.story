On the day of the attempt the customer pays on an open payment page

shows
  5.8 No attempt starts while the customer can pay on a payment page

given
  an on-demand subscription of USD 29.00, authorized at 13:10

when
  day 0 13:10   the merchant charges USD 29.00: declined INSUFFICIENT_FUNDS
  day 3 12:00   the customer follows the link in the mail
  day 3 22:00   the customer pays on the payment page: succeeded

then
  day 0 13:10   the merchant's charge, USD 29.00: declined INSUFFICIENT_FUNDS
  day 0 15:10   mail “your payment failed”, reason INSUFFICIENT_FUNDS
  day 2 13:10   mail “we will try again”, before attempt 2
  day 3 12:00   the customer's payment page, USD 29.00: open
  day 3 22:00   the customer's payment page: succeeded
  day 3 22:00   mail “thank you”
  day 3 22:00   ended: recovered by link, reactivated (subscription.reactivated)
