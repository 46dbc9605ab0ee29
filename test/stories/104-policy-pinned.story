The policy file is edited while a recovery is open

shows
  11.1 The policy is pinned when a recovery opens

given
  an on-demand subscription of USD 29.00, authorized at 13:10

when
  day 0 13:10   the merchant charges USD 29.00: declined LIMIT_EXCEEDED
  day 1 09:00   the policy file changes to {retry: {gaps: [20d]}, window: 25d}

charges by Reprise
  declined LIMIT_EXCEEDED

then
  day 0 13:10   the merchant's charge, USD 29.00: declined LIMIT_EXCEEDED
  day 0 15:10   mail “your payment failed”, reason LIMIT_EXCEEDED
  day 2 13:10   mail “we will try again”, before attempt 2
  day 3 13:10   attempt 2, USD 29.00: declined LIMIT_EXCEEDED
  day 9 13:10   mail “we will try again”, before attempt 3
  day 10 13:10  attempt 3, USD 29.00: succeeded
  day 10 13:10  mail “thank you”
  day 10 13:10  ended: recovered by attempt, reactivated (subscription.reactivated)
