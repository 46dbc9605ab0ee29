A one-time payment is declined, and the customer does not pay

shows
  9.2 The customer receives a mail one hour after a declined one-time payment, and one more within its first day
  9.14 No one-time payment is ever charged: the mail links to Dodo's payment page

given
  a one-time payment of USD 29.00
  policy
    one_time_payments: notify

when
  day 0 13:10   the customer pays: declined INSUFFICIENT_FUNDS

then
  day 0 13:10   the customer's payment, USD 29.00: declined INSUFFICIENT_FUNDS
  day 0 14:10   mail “your payment did not go through”, number 1, reason INSUFFICIENT_FUNDS
  day 1 09:10   mail “your payment did not go through”, number 2, reason INSUFFICIENT_FUNDS
  day 2 09:10   ended: unpaid (checkout.unpaid)
