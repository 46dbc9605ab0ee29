A customer leaves the page without a card

shows
  9.3 A payment that was left on the page has no webhook: the sweep finds it

given
  a one-time payment of USD 29.00
  policy
    one_time_payments: notify

happens
  day 0 13:10   the customer's payment is left on the page
  day 0 13:50   the sweep comes by
  day 0 14:50   the sweep comes by

then
  day 0 13:10   the customer's payment, USD 29.00: open
  day 0 13:50   the sweep follows the customer's payment
  day 0 14:10   mail “the payment is not finished”, number 1
  day 0 14:50   the sweep finds nothing to do
  day 1 09:10   mail “the payment is not finished”, number 2
  day 2 09:10   ended: unpaid (checkout.unpaid)
