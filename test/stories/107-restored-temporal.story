Temporal was restored from a backup without this recovery

shows
  11.4 After a restore of Temporal, Reprise adopts attempts that it does not know

given
  an on-demand subscription of USD 29.00, authorized at 13:10

when
  day 0 13:10   webhooks stop arriving
  day 0 13:10   the merchant charges USD 29.00: declined INSUFFICIENT_FUNDS
  day 3 13:10   a recovery that Temporal has lost makes attempt 2: declined INSUFFICIENT_FUNDS
  day 4 09:00   webhooks arrive again
  day 4 09:10   the lost webhooks are delivered

charges by Reprise
  declined INSUFFICIENT_FUNDS

then
  day 0 13:10   the merchant's charge, USD 29.00: declined INSUFFICIENT_FUNDS
  day 3 13:10   attempt 2, USD 29.00: declined INSUFFICIENT_FUNDS
  day 9 13:10   mail “we will try again”, before attempt 3
  day 10 13:10  attempt 3, USD 29.00: declined INSUFFICIENT_FUNDS
  day 16 13:10  mail “we will try again”, before attempt 4
  day 17 13:10  attempt 4, USD 29.00: succeeded
  day 17 13:10  mail “thank you”
  day 17 13:10  ended: recovered by attempt, reactivated (subscription.reactivated)
