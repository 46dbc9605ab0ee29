A subscription that opted out fails, and no webhook arrives

shows
  10.3 An ended debt stays ended, even if its subscription is still on hold
  2.8 A subscription that opted out is left alone

given
  an on-demand subscription of USD 29.00, authorized at 13:10
  metadata reprise = off

when
  day 0 13:00   webhooks stop arriving
  day 0 13:10   the merchant charges USD 29.00: declined INSUFFICIENT_FUNDS
  day 0 14:00   the sweep runs
  day 0 15:00   the sweep runs

then
  day 0 13:10   the merchant's charge, USD 29.00: declined INSUFFICIENT_FUNDS
  day 0 14:00   the sweep opens a recovery (failed_payments)
  day 0 14:00   ended: nothing_owed (opening.opted_out)
  day 0 15:00   the sweep leaves the ended recovery alone
