A renewal is retried by Dodo's manual retry, with Reprise's mails

shows
  7.7 With `manage`, Reprise sends its mails and makes its attempts by Dodo's manual retry

given
  a scheduled subscription of USD 29.00, authorized at 13:10
  policy
    scheduled_subscriptions: manage

when
  day 0 13:10   Dodo charges the renewal of USD 29.00: declined INSUFFICIENT_FUNDS

charges by Reprise
  declined INSUFFICIENT_FUNDS

then
  day 0 13:10   the renewal, USD 29.00: declined INSUFFICIENT_FUNDS
  day 0 15:10   mail “your payment failed”, reason INSUFFICIENT_FUNDS
  day 2 13:10   mail “we will try again”, before attempt 2
  day 3 13:10   Dodo's manual retry, USD 29.00: declined INSUFFICIENT_FUNDS
  day 9 13:10   mail “we will try again”, before attempt 3
  day 10 13:10  Dodo's manual retry, USD 29.00: succeeded
  day 10 13:10  mail “thank you”
  day 10 13:10  ended: recovered by attempt, reactivated (subscription.reactivated)
