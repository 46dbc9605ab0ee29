The customer pays in Dodo's portal, and the webhooks are lost

shows
  5.6 Reprise finds a success without any webhook, by reading Dodo
  5.2 A card change in Dodo's portal collects the dues

given
  an on-demand subscription of USD 29.00, authorized at 13:10

when
  day 0 13:10   the merchant charges USD 29.00: declined INVALID_ACCOUNT
  day 6 08:00   webhooks stop arriving
  day 6 09:00   the customer changes the card in Dodo's portal: succeeded

then
  day 0 13:10   the merchant's charge, USD 29.00: declined INVALID_ACCOUNT
  day 0 13:10   mail “please pay”, number 1, reason INVALID_ACCOUNT
  day 3 13:10   mail “please pay”, number 2, reason INVALID_ACCOUNT
  day 6 09:00   the card change in Dodo's portal, USD 29.00: succeeded
  day 7 13:10   mail “thank you”
  day 7 13:10   ended: recovered by customer, reactivated (subscription.reactivated)
