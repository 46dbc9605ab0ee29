A debt is written off, and further sweeps run

shows
  10.3 An ended debt stays ended, even if its subscription is still on hold

given
  an on-demand subscription of USD 29.00, authorized at 13:10

when
  day 0 13:10   the merchant charges USD 29.00: declined INSUFFICIENT_FUNDS
  day 1 09:00   the operator writes off the debt
  day 1 10:00   the sweep runs
  day 2 10:00   the sweep runs

then
  day 0 13:10   the merchant's charge, USD 29.00: declined INSUFFICIENT_FUNDS
  day 0 15:10   mail “your payment failed”, reason INSUFFICIENT_FUNDS
  day 1 09:00   ended: written_off by operator (operator.command)
  day 1 10:00   the sweep leaves the ended recovery alone
  day 2 10:00   the sweep leaves the ended recovery alone
