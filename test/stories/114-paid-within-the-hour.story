The customer pays with another card within the hour

shows
  9.6 A customer who pays within the hour receives no mail

given
  a one-time payment of USD 29.00
  policy
    one_time_payments: notify

when
  day 0 13:10   the customer pays: declined INSUFFICIENT_FUNDS
  day 0 13:40   the customer pays: succeeded

then
  day 0 13:10   the customer's payment, USD 29.00: declined INSUFFICIENT_FUNDS
  day 0 13:40   the customer's payment 2, USD 29.00: succeeded
  day 0 14:10   ended: paid (checkout.paid)
