FRAUDULENT: the customer pays with another card

shows
  4.7 Dodo's do-not-retry list: FRAUDULENT
  4.16 A sensitive decline reason is never given to the customer
  5.1 The customer pays on the payment page behind the link in the mail

given
  an on-demand subscription of USD 29.00, authorized at 13:10

when
  day 0 13:10   the merchant charges USD 29.00: declined FRAUDULENT
  day 1 09:00   the customer follows the link in the mail
  day 1 09:03   the customer pays on the payment page: succeeded

then
  day 0 13:10   the merchant's charge, USD 29.00: declined FRAUDULENT
  day 0 13:10   mail “please pay”, number 1, no reason given
  day 1 09:00   the customer's payment page, USD 29.00: open
  day 1 09:03   the customer's payment page: succeeded
  day 1 09:03   mail “thank you”
  day 1 09:03   ended: recovered by link, reactivated (subscription.reactivated)
