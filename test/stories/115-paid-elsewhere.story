The customer pays in another way after the first mail

shows
  9.7 A customer who has paid by another payment receives no reminder

given
  a one-time payment of USD 29.00
  policy
    one_time_payments: notify

when
  day 0 13:10   the customer pays: declined INSUFFICIENT_FUNDS
  day 0 20:00   the customer pays: succeeded

then
  day 0 13:10   the customer's payment, USD 29.00: declined INSUFFICIENT_FUNDS
  day 0 14:10   mail “your payment did not go through”, number 1, reason INSUFFICIENT_FUNDS
  day 0 20:00   the customer's payment 2, USD 29.00: succeeded
  day 1 09:10   ended: paid (checkout.paid)
