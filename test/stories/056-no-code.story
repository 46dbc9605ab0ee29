A payment fails without a decline code

shows
  4.13 A payment that failed without a code is handled like one with an unknown code

given
  an on-demand subscription of USD 29.00, authorized at 13:10

when
  day 0 13:10   the merchant charges USD 29.00: declined without a code
  day 1 09:00   the customer changes the card in Dodo's portal: succeeded

then
  day 0 13:10   the merchant's charge, USD 29.00: declined without a code
  day 0 13:10   operator notified: unknown_code
  day 0 13:10   mail “please pay”, number 1, no reason given
  day 1 09:00   the card change in Dodo's portal, USD 29.00: succeeded
  day 1 09:00   mail “thank you”
  day 1 09:00   ended: recovered by customer, reactivated (subscription.reactivated)
