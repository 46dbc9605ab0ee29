Dodo's own retry takes over a managed renewal

shows
  7.8 With `manage`, Reprise defers to Dodo after a retry by Dodo

given
  a scheduled subscription of USD 29.00, authorized at 13:10
  policy
    scheduled_subscriptions: manage

when
  day 0 13:10   Dodo charges the renewal of USD 29.00: declined INSUFFICIENT_FUNDS
  day 1 01:10   Dodo retries the renewal: declined INSUFFICIENT_FUNDS
  day 3 18:00   Dodo retries the renewal: succeeded

then
  day 0 13:10   the renewal, USD 29.00: declined INSUFFICIENT_FUNDS
  day 0 15:10   mail “your payment failed”, reason INSUFFICIENT_FUNDS
  day 1 01:10   Dodo's own retry, USD 29.00: declined INSUFFICIENT_FUNDS
  day 3 18:00   Dodo's own retry, USD 29.00: succeeded
  day 3 18:00   mail “thank you”
  day 3 18:00   ended: recovered by dodo, reactivated (subscription.reactivated)
