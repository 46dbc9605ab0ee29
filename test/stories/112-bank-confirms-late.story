The customer confirms at the bank only after the mail

shows
  9.4 A payment that waits for the bank's confirmation (3-D Secure) has no webhook either
  9.14 No one-time payment is ever charged: the mail links to Dodo's payment page

given
  a one-time payment of USD 29.00
  policy
    one_time_payments: notify

when
  day 0 13:10   the customer pays, and the bank waits for a confirmation
  day 0 13:50   the sweep runs
  day 0 18:00   the customer completes the first payment

then
  day 0 13:10   the customer's payment, USD 29.00: open
  day 0 13:50   the sweep follows the customer's payment
  day 0 14:10   mail “please confirm your payment”, number 1
  day 0 18:00   the customer's payment: succeeded
  day 1 09:10   ended: paid (checkout.paid)
