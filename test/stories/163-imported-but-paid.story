An operator imports a subscription that was paid since

shows
  13.6 An import leaves out what was paid since

given
  an on-demand subscription of USD 29.00, authorized at 13:10

when
  day 0 13:00   webhooks stop arriving
  day 0 13:10   the merchant charges USD 29.00: declined INSUFFICIENT_FUNDS
  day 3 09:00   the customer changes the card in Dodo's portal: succeeded
  day 5 09:10   the operator imports the subscription

then
  day 0 13:10   the merchant's charge, USD 29.00: declined INSUFFICIENT_FUNDS
  day 3 09:00   the card change in Dodo's portal, USD 29.00: succeeded
  day 5 09:10   the import leaves it out (paid_since)
