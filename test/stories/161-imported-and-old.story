An operator imports a debt that is forty days old

shows
  13.3 The customer of an imported debt older than `max_debt_age` is asked to pay, and not charged
  13.5 The window of an imported debt counts from the import

given
  an on-demand subscription of USD 29.00, authorized at 13:10

when
  day 0 13:00   webhooks stop arriving
  day 0 13:10   the merchant charges USD 29.00: declined INSUFFICIENT_FUNDS
  day 40 09:00  webhooks arrive again
  day 40 09:10  the operator imports the subscription

then
  day 0 13:10   the merchant's charge, USD 29.00: declined INSUFFICIENT_FUNDS
  day 40 09:10  the import opens a recovery
  day 40 09:10  mail “please pay”, number 1, reason INSUFFICIENT_FUNDS
  day 43 09:10  mail “please pay”, number 2, reason INSUFFICIENT_FUNDS
  day 47 09:10  mail “please pay”, number 3, reason INSUFFICIENT_FUNDS
  day 54 09:10  mail “please pay”, number 4, reason INSUFFICIENT_FUNDS
  day 70 09:10  ended: exhausted by reprise (window.ended)
