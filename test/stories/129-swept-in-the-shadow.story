The sweep finds a debt in shadow mode

shows
  10.8 In shadow mode the sweep opens what it finds, and nothing is sent or charged

given
  an on-demand subscription of USD 29.00, authorized at 13:10
  Reprise runs in shadow mode

happens
  day 0 13:00   from here on webhooks are lost
  day 0 13:10   the merchant charges USD 29.00: declined INSUFFICIENT_FUNDS
  day 0 14:00   the sweep comes by
  day 5 09:00   the customer changes the card in the portal: succeeds
  day 5 10:00   the sweep comes by

then
  day 0 13:10   the merchant's charge, USD 29.00: declined INSUFFICIENT_FUNDS
  day 0 14:00   the sweep opens a recovery (failed_payments)
  day 5 09:00   the card changed in the portal, USD 29.00: succeeded
  day 5 10:00   the sweep tells the open recovery (succeeded_payments)
  day 5 10:00   ended: recovered by customer, active again (subscription.reactivated)
