An operator imports a debt that is forty days old, and has it charged

shows
  13.4 With `retry`, an imported debt older than `max_debt_age` is charged too
  13.2 In the first day after an import the customer gets one mail at most, and nothing is charged before that mail

given
  an on-demand subscription of USD 29.00, authorized at 13:10

when
  day 0 13:00   webhooks stop arriving
  day 0 13:10   the merchant charges USD 29.00: declined INSUFFICIENT_FUNDS
  day 40 09:00  webhooks arrive again
  day 40 09:10  the operator imports the subscription, old debts to be charged

then
  day 0 13:10   the merchant's charge, USD 29.00: declined INSUFFICIENT_FUNDS
  day 40 09:10  the import opens a recovery
  day 40 11:10  mail “your payment failed”, reason INSUFFICIENT_FUNDS
  day 41 13:10  attempt 2, USD 29.00: succeeded
  day 41 13:10  mail “thank you”
  day 41 13:10  ended: recovered by attempt, reactivated (subscription.reactivated)
