A customer pays hours after an import, by the link in the mail

shows
  13.10 A customer who pays in the first day after an import gets no second mail
  13.2 In the first day after an import the customer gets one mail at most, and nothing is charged before that mail

given
  an on-demand subscription of USD 29.00, authorized at 13:10

when
  day 0 13:00   webhooks stop arriving
  day 0 13:10   the merchant charges USD 29.00: declined INSUFFICIENT_FUNDS
  day 20 09:00  webhooks arrive again
  day 20 09:10  the operator imports the subscription
  day 20 12:00  the customer follows the link in the mail
  day 20 12:05  the customer pays on the payment page: succeeded

then
  day 0 13:10   the merchant's charge, USD 29.00: declined INSUFFICIENT_FUNDS
  day 20 09:10  the import opens a recovery
  day 20 09:10  mail “please pay”, number 1, reason INSUFFICIENT_FUNDS
  day 20 12:00  the customer's payment page, USD 29.00: open
  day 20 12:05  the customer's payment page: succeeded
  day 20 12:05  ended: recovered by link, reactivated (subscription.reactivated)
