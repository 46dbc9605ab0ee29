The merchant's policy handles GENERIC_DECLINE differently

shows
  4.15 The merchant's policy overrides how a code is handled

given
  an on-demand subscription of USD 29.00, authorized at 13:10
  policy
    codes:
      GENERIC_DECLINE: customer

when
  day 0 13:10   the merchant charges USD 29.00: declined GENERIC_DECLINE
  day 2 09:00   the customer follows the link in the mail
  day 2 09:01   the customer pays on the payment page: succeeded

then
  day 0 13:10   the merchant's charge, USD 29.00: declined GENERIC_DECLINE
  day 0 13:10   mail “please pay”, number 1, reason GENERIC_DECLINE
  day 2 09:00   the customer's payment page, USD 29.00: open
  day 2 09:01   the customer's payment page: succeeded
  day 2 09:01   mail “thank you”
  day 2 09:01   ended: recovered by link, reactivated (subscription.reactivated)
