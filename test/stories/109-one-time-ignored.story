A one-time payment is declined, and the policy does not mention those

shows
  9.1 One-time payments are left alone unless the policy says `notify`

given
  a one-time payment of USD 29.00

when
  day 0 13:10   the customer pays: declined INSUFFICIENT_FUNDS
  day 0 15:00   the sweep runs

then
  day 0 13:10   the customer's payment, USD 29.00: declined INSUFFICIENT_FUNDS
  day 0 13:10   ended: ignored (checkout.ignored)
  day 0 15:00   the sweep finds nothing to do
