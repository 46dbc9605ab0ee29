The customer pays in Dodo's portal, the webhooks are lost, and the sweep notifies the recovery

shows
  10.5 The sweep notifies an open recovery whose debt is paid
  5.6 Reprise finds a success without any webhook, by reading Dodo

given
  an on-demand subscription of USD 29.00, authorized at 13:10

when
  day 0 13:10   the merchant charges USD 29.00: declined INVALID_ACCOUNT
  day 3 20:00   webhooks stop arriving
  day 3 21:00   the customer changes the card in Dodo's portal: succeeded
  day 3 22:00   the sweep runs

then
  day 0 13:10   the merchant's charge, USD 29.00: declined INVALID_ACCOUNT
  day 0 13:10   mail “please pay”, number 1, reason INVALID_ACCOUNT
  day 3 13:10   mail “please pay”, number 2, reason INVALID_ACCOUNT
  day 3 21:00   the card change in Dodo's portal, USD 29.00: succeeded
  day 3 22:00   the sweep notifies the open recovery (succeeded_payments)
  day 3 22:00   mail “thank you”
  day 3 22:00   ended: recovered by customer, reactivated (subscription.reactivated)
