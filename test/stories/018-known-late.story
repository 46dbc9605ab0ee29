The charge was in flight for three days before it failed

shows
  3.4 An attempt starts at least 23 hours after the failure became known
  4.14 A payment has no decline code until it has failed, and Reprise concludes nothing before that

given
  an on-demand subscription of USD 29.00, authorized at 13:10

when
  day 0 13:10   the merchant charges USD 29.00: open, status processing
  day 3 10:00   the merchant's charge ends: declined INSUFFICIENT_FUNDS

then
  day 0 13:10   the merchant's charge, USD 29.00: open
  day 3 10:00   the merchant's charge: declined INSUFFICIENT_FUNDS
  day 3 12:00   mail “your payment failed”, reason INSUFFICIENT_FUNDS
  day 3 13:10   mail “we will try again”, before attempt 2
  day 4 13:10   attempt 2, USD 29.00: succeeded
  day 4 13:10   mail “thank you”
  day 4 13:10   ended: recovered by attempt, reactivated (subscription.reactivated)
