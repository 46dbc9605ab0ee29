The sweep finds a debt that is ten days old

shows
  10.2 A debt older than `max_debt_age` is reported and not opened

given
  an on-demand subscription of USD 29.00, authorized at 13:10

when
  day 0 13:00   webhooks stop arriving
  day 0 13:10   the merchant charges USD 29.00: declined INSUFFICIENT_FUNDS
  day 10 09:00  the sweep runs

then
  day 0 13:10   the merchant's charge, USD 29.00: declined INSUFFICIENT_FUNDS
  day 10 09:00  the sweep reports it to the operator and opens nothing (subscriptions_on_hold)
