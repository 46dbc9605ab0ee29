A one-time payment is declined, and its webhook is lost

shows
  9.5 If the webhook of a decline is lost, the sweep finds the decline and follows it once

given
  a one-time payment of USD 29.00
  policy
    one_time_payments: notify

when
  day 0 13:00   webhooks stop arriving
  day 0 13:10   the customer pays: declined INSUFFICIENT_FUNDS
  day 0 17:40   the sweep runs
  day 0 18:40   the sweep runs

then
  day 0 13:10   the customer's payment, USD 29.00: declined INSUFFICIENT_FUNDS
  day 0 17:40   the sweep follows the customer's payment
  day 0 17:40   mail “your payment did not go through”, number 1, reason INSUFFICIENT_FUNDS
  day 0 18:40   the sweep finds nothing to do
  day 1 09:10   mail “your payment did not go through”, number 2, reason INSUFFICIENT_FUNDS
  day 2 09:10   ended: unpaid (checkout.unpaid)
