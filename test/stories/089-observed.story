Dodo's own retries recover a renewal, and Reprise only observes

shows
  7.5 A scheduled subscription is only observed, because Dodo's own retries collect the debt

given
  a scheduled subscription of USD 29.00, authorized at 13:10

when
  day 0 13:10   Dodo charges the renewal of USD 29.00: declined INSUFFICIENT_FUNDS
  day 1 01:10   Dodo retries the renewal: declined INSUFFICIENT_FUNDS
  day 2 01:10   Dodo retries the renewal: succeeded

then
  day 0 13:10   the renewal, USD 29.00: declined INSUFFICIENT_FUNDS
  day 1 01:10   Dodo's own retry, USD 29.00: declined INSUFFICIENT_FUNDS
  day 2 01:10   Dodo's own retry, USD 29.00: succeeded
  day 2 01:10   ended: recovered by dodo, reactivated (subscription.reactivated)
