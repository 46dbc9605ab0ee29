A one-time payment with a stolen card

shows
  9.12 A sensitive decline reason is not given for a one-time payment either

given
  a one-time payment of USD 29.00
  policy
    one_time_payments: notify

when
  day 0 13:10   the customer pays: declined STOLEN_CARD
  day 1 08:00   the customer completes the first payment

then
  day 0 13:10   the customer's payment, USD 29.00: declined STOLEN_CARD
  day 0 14:10   mail “your payment did not go through”, number 1, no reason given
  day 1 08:00   the customer's payment: succeeded
  day 1 09:10   ended: paid (checkout.paid)
