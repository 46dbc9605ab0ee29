The first card on the payment page is declined, the next one succeeds

shows
  5.10 A card declined on the payment page changes nothing else

given
  an on-demand subscription of USD 29.00, authorized at 13:10

when
  day 0 13:10   the merchant charges USD 29.00: declined EXPIRED_CARD
  day 1 10:00   the customer follows the link in the mail
  day 1 10:02   the customer pays on the payment page: declined INSUFFICIENT_FUNDS
  day 1 10:05   the customer follows the link in the mail
  day 1 10:06   the customer pays on the payment page: succeeded

then
  day 0 13:10   the merchant's charge, USD 29.00: declined EXPIRED_CARD
  day 0 13:10   mail “please pay”, number 1, reason EXPIRED_CARD
  day 1 10:00   the customer's payment page, USD 29.00: open
  day 1 10:02   the customer's payment page: declined INSUFFICIENT_FUNDS
  day 1 10:05   the customer's payment page, USD 29.00: open
  day 1 10:06   the customer's payment page: succeeded
  day 1 10:06   mail “thank you”
  day 1 10:06   ended: recovered by link, reactivated (subscription.reactivated)
