A month after the recovery the next charge fails

shows
  11.5 A later failure of the same subscription is a separate debt

given
  an on-demand subscription of USD 29.00, authorized at 13:10

when
  day 0 13:10   the merchant charges USD 29.00: declined INSUFFICIENT_FUNDS
  day 33 13:10  the merchant charges USD 29.00: declined EXPIRED_CARD
  day 34 09:00  the customer changes the card in Dodo's portal: succeeded

then
  day 0 13:10   the merchant's charge, USD 29.00: declined INSUFFICIENT_FUNDS
  day 0 15:10   mail “your payment failed”, reason INSUFFICIENT_FUNDS
  day 2 13:10   mail “we will try again”, before attempt 2
  day 3 13:10   attempt 2, USD 29.00: succeeded
  day 3 13:10   mail “thank you”
  day 3 13:10   ended: recovered by attempt, reactivated (subscription.reactivated)
  day 33 13:10  the merchant's charge 2, USD 29.00: declined EXPIRED_CARD
  day 33 13:10  mail “please pay” for charge 2, number 1, reason EXPIRED_CARD
  day 34 09:00  the card change in Dodo's portal, USD 29.00: succeeded
  day 34 09:00  mail “thank you” for charge 2
  day 34 09:00  ended: recovered by customer for charge 2, reactivated (subscription.reactivated)
