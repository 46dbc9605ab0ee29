The sweep finds a debt in shadow mode

shows
  10.8 In shadow mode the sweep opens the recoveries it finds, and nothing is sent or charged

given
  an on-demand subscription of USD 29.00, authorized at 13:10
  Reprise runs in shadow mode

when
  day 0 13:00   webhooks stop arriving
  day 0 13:10   the merchant charges USD 29.00: declined INSUFFICIENT_FUNDS
  day 0 14:00   the sweep runs
  day 5 09:00   the customer changes the card in Dodo's portal: succeeded
  day 5 10:00   the sweep runs

then
  day 0 13:10   the merchant's charge, USD 29.00: declined INSUFFICIENT_FUNDS
  day 0 14:00   the sweep opens a recovery (failed_payments)
  day 5 09:00   the card change in Dodo's portal, USD 29.00: succeeded
  day 5 10:00   the sweep notifies the open recovery (succeeded_payments)
  day 5 10:00   ended: recovered by customer, reactivated (subscription.reactivated)
