The merchant opts this payment out

shows
  9.11 A payment that opted out causes no mail

given
  a one-time payment of USD 29.00
  metadata reprise = off
  policy
    one_time_payments: notify

when
  day 0 13:10   the customer pays: declined INSUFFICIENT_FUNDS

then
  day 0 13:10   the customer's payment, USD 29.00: declined INSUFFICIENT_FUNDS
  day 0 13:10   ended: nothing_to_do (checkout.opted_out)
