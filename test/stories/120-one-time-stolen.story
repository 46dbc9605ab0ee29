A one-time payment with a stolen card

shows
  9.12 A sensitive reason is not told about a one-time payment either

given
  a one-time payment of USD 29.00
  policy
    one_time_payments: notify

happens
  day 0 13:10   the customer's payment is declined STOLEN_CARD
  day 1 08:00   the customer pays after all

then
  day 0 13:10   the customer's payment, USD 29.00: declined STOLEN_CARD
  day 0 14:10   mail “the payment did not go through”, number 1, without a reason
  day 1 08:00   the customer's payment: succeeded
  day 1 09:10   ended: paid (checkout.paid)
