The window ends while the customer has a payment page open

shows
  6.13 The window stays open for a payment page on which the customer can pay

given
  an on-demand subscription of USD 29.00, authorized at 13:10
  policy
    window: 4d
    quiet_end: 12h
    retry:
      gaps: [3d]
    notices:
      hard: [0s]

when
  day 0 13:10   the merchant charges USD 29.00: declined EXPIRED_CARD
  day 3 22:00   the customer follows the link in the mail
  day 4 18:00   the customer pays on the payment page: succeeded

then
  day 0 13:10   the merchant's charge, USD 29.00: declined EXPIRED_CARD
  day 0 13:10   mail “please pay”, number 1, reason EXPIRED_CARD
  day 3 22:00   the customer's payment page, USD 29.00: open
  day 4 18:00   the customer's payment page: succeeded
  day 4 18:00   mail “thank you”
  day 4 18:00   ended: recovered by link, reactivated (subscription.reactivated)
