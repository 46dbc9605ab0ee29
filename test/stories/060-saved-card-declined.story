The other saved card is declined too

shows
  5.3 A switch to another saved card collects the dues

given
  an on-demand subscription of USD 29.00, authorized at 13:10

when
  day 0 13:10   the merchant charges USD 29.00: declined EXPIRED_CARD
  day 2 11:00   the merchant switches to another saved card: declined STOLEN_CARD
  day 6 11:00   the customer changes the card in Dodo's portal: succeeded

then
  day 0 13:10   the merchant's charge, USD 29.00: declined EXPIRED_CARD
  day 0 13:10   mail “please pay”, number 1, reason EXPIRED_CARD
  day 2 11:00   the switch to another saved card, USD 29.00: declined STOLEN_CARD
  day 3 13:10   mail “please pay”, number 2, reason EXPIRED_CARD
  day 6 11:00   the card change in Dodo's portal, USD 29.00: succeeded
  day 6 11:00   mail “thank you”
  day 6 11:00   ended: recovered by customer, reactivated (subscription.reactivated)
