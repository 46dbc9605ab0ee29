The card is changed while the subscription is active

shows
  5.5 A card changed on an active subscription is charged once, after an hour and a read

given
  an on-demand subscription of USD 29.00, authorized at 13:10
  a failed charge leaves the subscription active

when
  day 0 13:10   the merchant charges USD 29.00: declined EXPIRED_CARD
  day 2 11:00   the customer changes the card in Dodo's portal: succeeded

then
  day 0 13:10   the merchant's charge, USD 29.00: declined EXPIRED_CARD
  day 0 13:10   mail “please pay”, number 1, reason EXPIRED_CARD
  day 2 11:00   the card change in Dodo's portal, USD 0.00: succeeded
  day 2 12:00   attempt 2, USD 29.00: succeeded
  day 2 12:00   mail “thank you”
  day 2 12:00   ended: recovered by attempt, reactivated (subscription.reactivated)
