The sweep finds a debt of ten days

shows
  10.2 A debt older than `max_debt_age` is listed, and opened by nobody

given
  an on-demand subscription of USD 29.00, authorized at 13:10

happens
  day 0 13:00   from here on webhooks are lost
  day 0 13:10   the merchant charges USD 29.00: declined INSUFFICIENT_FUNDS
  day 10 09:00  the sweep comes by

then
  day 0 13:10   the merchant's charge, USD 29.00: declined INSUFFICIENT_FUNDS
  day 10 09:00  the sweep lists it for a person, and opens nothing (subscriptions_on_hold)
