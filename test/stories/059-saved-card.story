The merchant's support switches to another saved card

shows
  5.3 A switch to another saved card collects the dues

given
  an on-demand subscription of USD 29.00, authorized at 13:10

when
  day 0 13:10   the merchant charges USD 29.00: declined TRANSACTION_NOT_ALLOWED
  day 2 11:00   the merchant switches to another saved card: succeeded

then
  day 0 13:10   the merchant's charge, USD 29.00: declined TRANSACTION_NOT_ALLOWED
  day 0 13:10   mail “please pay”, number 1, reason TRANSACTION_NOT_ALLOWED
  day 2 11:00   the switch to another saved card, USD 29.00: succeeded
  day 2 11:00   mail “thank you”
  day 2 11:00   ended: recovered by customer, reactivated (subscription.reactivated)
