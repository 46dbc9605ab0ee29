The customer tries again, and that payment is cancelled

shows
  9.10 A later payment that was cancelled does not count

given
  a one-time payment of USD 29.00
  policy
    one_time_payments: notify

when
  day 0 13:10   the customer pays: declined INSUFFICIENT_FUNDS
  day 0 13:20   the customer leaves the payment page without paying
  day 0 13:45   the customer's latest payment is cancelled

then
  day 0 13:10   the customer's payment, USD 29.00: declined INSUFFICIENT_FUNDS
  day 0 13:20   the customer's payment 2, USD 29.00: open
  day 0 13:45   the customer's payment 2: cancelled
  day 0 14:10   mail “your payment did not go through”, number 1, reason INSUFFICIENT_FUNDS
  day 1 09:10   mail “your payment did not go through”, number 2, reason INSUFFICIENT_FUNDS
  day 2 09:10   ended: unpaid (checkout.unpaid)
