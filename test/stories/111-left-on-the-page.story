The customer leaves the payment page without entering a card

shows
  9.3 A payment left on the page has no webhook, so the sweep finds it

given
  a one-time payment of USD 29.00
  policy
    one_time_payments: notify

when
  day 0 13:10   the customer leaves the payment page without paying
  day 0 13:50   the sweep runs
  day 0 14:50   the sweep runs

then
  day 0 13:10   the customer's payment, USD 29.00: open
  day 0 13:50   the sweep follows the customer's payment
  day 0 14:10   mail “your payment is not complete”, number 1
  day 0 14:50   the sweep finds nothing to do
  day 1 09:10   mail “your payment is not complete”, number 2
  day 2 09:10   ended: unpaid (checkout.unpaid)
