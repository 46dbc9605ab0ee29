No webhook ever arrives, and the sweep finds the debt

shows
  10.1 The sweep opens a debt without a recovery, which continues as if the webhook had arrived

given
  an on-demand subscription of USD 29.00, authorized at 13:10

when
  day 0 13:00   webhooks stop arriving
  day 0 13:10   the merchant charges USD 29.00: declined INSUFFICIENT_FUNDS
  day 0 17:40   the sweep runs

charges by Reprise
  declined INSUFFICIENT_FUNDS

then
  day 0 13:10   the merchant's charge, USD 29.00: declined INSUFFICIENT_FUNDS
  day 0 17:40   the sweep opens a recovery (failed_payments)
  day 0 19:40   mail “your payment failed”, reason INSUFFICIENT_FUNDS
  day 2 13:10   mail “we will try again”, before attempt 2
  day 3 13:10   attempt 2, USD 29.00: declined INSUFFICIENT_FUNDS
  day 9 13:10   mail “we will try again”, before attempt 3
  day 10 13:10  attempt 3, USD 29.00: succeeded
  day 10 13:11  mail “thank you”
  day 10 13:11  ended: recovered by attempt, reactivated (subscription.reactivated)
