For two days Dodo shows no sign of recovering the renewal

shows
  7.6 The operator is notified once if Dodo shows no activity for two days

given
  a scheduled subscription of USD 29.00, authorized at 13:10

when
  day 0 13:10   Dodo charges the renewal of USD 29.00: declined INSUFFICIENT_FUNDS
  day 5 09:00   the customer changes the card in Dodo's portal: succeeded

then
  day 0 13:10   the renewal, USD 29.00: declined INSUFFICIENT_FUNDS
  day 2 13:10   operator notified: no_dodo_activity
  day 5 09:00   the card change in Dodo's portal, USD 29.00: succeeded
  day 5 09:00   ended: recovered by customer, reactivated (subscription.reactivated)
