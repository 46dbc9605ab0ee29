Dodo's own mails take over a managed renewal

shows
  7.9 With `manage`, Reprise defers to Dodo after `dunning.started`

given
  a scheduled subscription of USD 29.00, authorized at 13:10
  policy
    scheduled_subscriptions: manage

when
  day 0 13:10   Dodo charges the renewal of USD 29.00: declined INSUFFICIENT_FUNDS
  day 1 09:00   Dodo sends the webhook dunning.started
  day 7 09:00   the customer changes the card in Dodo's portal: succeeded

then
  day 0 13:10   the renewal, USD 29.00: declined INSUFFICIENT_FUNDS
  day 0 15:10   mail “your payment failed”, reason INSUFFICIENT_FUNDS
  day 7 09:00   the card change in Dodo's portal, USD 29.00: succeeded
  day 7 09:00   mail “thank you”
  day 7 09:00   ended: recovered by customer, reactivated (subscription.reactivated)
