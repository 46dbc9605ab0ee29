A charge fails during an outage and leaves no hold

shows
  10.2 A debt older than `max_debt_age` is reported and not opened
  10.10 After days without a sweep, the next one continues where the last one stopped

given
  an on-demand subscription of USD 29.00, authorized at 13:10
  a failed charge leaves the subscription active

when
  day 0 09:00   the sweep runs
  day 0 13:00   webhooks stop arriving
  day 0 13:10   the merchant charges USD 29.00: declined INSUFFICIENT_FUNDS
  day 10 09:00  the sweep runs

then
  day 0 09:00   the sweep finds nothing to do
  day 0 13:10   the merchant's charge, USD 29.00: declined INSUFFICIENT_FUNDS
  day 10 09:00  the sweep reports it to the operator and opens nothing (failed_payments)
