PICKUP_CARD: the customer changes the card in Dodo's portal

shows
  4.8 Dodo's do-not-retry list: PICKUP_CARD
  5.2 A card change in Dodo's portal collects the dues
  5.4 Reprise does not charge again what Dodo has collected

given
  an on-demand subscription of USD 29.00, authorized at 13:10

when
  day 0 13:10   the merchant charges USD 29.00: declined PICKUP_CARD
  day 4 18:00   the customer changes the card in Dodo's portal: succeeded

then
  day 0 13:10   the merchant's charge, USD 29.00: declined PICKUP_CARD
  day 0 13:10   mail “please pay”, number 1, no reason given
  day 3 13:10   mail “please pay”, number 2, no reason given
  day 4 18:00   the card change in Dodo's portal, USD 29.00: succeeded
  day 4 18:00   mail “thank you”
  day 4 18:00   ended: recovered by customer, reactivated (subscription.reactivated)
