A recovery is open, and sweeps leave it alone

shows
  10.4 The sweep leaves an open recovery alone while its debt is open

given
  an on-demand subscription of USD 29.00, authorized at 13:10

when
  day 0 13:10   the merchant charges USD 29.00: declined INSUFFICIENT_FUNDS
  day 0 14:00   the sweep runs
  day 1 14:00   the sweep runs
  day 4 14:00   the sweep runs

then
  day 0 13:10   the merchant's charge, USD 29.00: declined INSUFFICIENT_FUNDS
  day 0 14:00   the sweep leaves the open recovery alone
  day 0 15:10   mail “your payment failed”, reason INSUFFICIENT_FUNDS
  day 1 14:00   the sweep leaves the open recovery alone
  day 2 13:10   mail “we will try again”, before attempt 2
  day 3 13:10   attempt 2, USD 29.00: succeeded
  day 3 13:10   mail “thank you”
  day 3 13:10   ended: recovered by attempt, reactivated (subscription.reactivated)
  day 4 14:00   the sweep leaves the ended recovery alone
