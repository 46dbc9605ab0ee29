The sweep runs a day late and finds one payment in time and one too late

shows
  9.8 A payment older than a day causes no mail

given
  a one-time payment of USD 29.00
  policy
    one_time_payments: notify

when
  day 0 13:10   the customer leaves the payment page without paying
  day 0 20:00   the customer leaves the payment page without paying
  day 1 13:40   the sweep runs

then
  day 0 13:10   the customer's payment, USD 29.00: open
  day 0 20:00   the customer's payment 2, USD 29.00: open
  day 1 13:40   the sweep follows the customer's payment 2
  day 1 13:40   mail “your payment is not complete” for payment 2, number 1
  day 2 13:40   ended: unpaid for payment 2 (checkout.unpaid)
