A payment stays open for two days and then fails without a webhook

shows
  10.9 The sweep finds a payment that fails days after it was made

given
  an on-demand subscription of USD 29.00, authorized at 13:10

when
  day 0 13:00   webhooks stop arriving
  day 0 13:10   the merchant charges USD 29.00: open, status processing
  day 0 14:00   the sweep runs
  day 2 08:00   the merchant's charge ends: declined INSUFFICIENT_FUNDS
  day 2 09:00   the sweep runs

then
  day 0 13:10   the merchant's charge, USD 29.00: open
  day 0 14:00   the sweep finds nothing to do
  day 2 08:00   the merchant's charge: declined INSUFFICIENT_FUNDS
  day 2 09:00   the sweep opens a recovery (failed_payments)
  day 2 11:00   mail “your payment failed”, reason INSUFFICIENT_FUNDS
  day 2 13:10   mail “we will try again”, before attempt 2
  day 3 13:10   attempt 2, USD 29.00: succeeded
  day 3 13:11   mail “thank you”
  day 3 13:11   ended: recovered by attempt, reactivated (subscription.reactivated)
