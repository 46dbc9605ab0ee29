An operator imports a debt that is two days old

shows
  13.1 An import opens a recovery of a debt that no webhook has told of
  13.2 In the first day after an import the customer gets one mail at most, and nothing is charged before that mail

given
  an on-demand subscription of USD 29.00, authorized at 13:10

when
  day 0 13:00   webhooks stop arriving
  day 0 13:10   the merchant charges USD 29.00: declined INSUFFICIENT_FUNDS
  day 2 09:00   webhooks arrive again
  day 2 09:10   the operator imports the subscription


charges by Reprise
  declined INSUFFICIENT_FUNDS

then
  day 0 13:10   the merchant's charge, USD 29.00: declined INSUFFICIENT_FUNDS
  day 2 09:10   the import opens a recovery
  day 2 11:10   mail “your payment failed”, reason INSUFFICIENT_FUNDS
  day 3 13:10   attempt 2, USD 29.00: declined INSUFFICIENT_FUNDS
  day 9 13:10   mail “we will try again”, before attempt 3
  day 10 13:10  attempt 3, USD 29.00: succeeded
  day 10 13:10  mail “thank you”
  day 10 13:10  ended: recovered by attempt, reactivated (subscription.reactivated)
