An operator imports a subscription twice, and once more after its recovery has ended

shows
  13.9 Two imports in a row do no more than one

given
  an on-demand subscription of USD 29.00, authorized at 13:10

when
  day 0 13:00   webhooks stop arriving
  day 0 13:10   the merchant charges USD 29.00: declined INSUFFICIENT_FUNDS
  day 2 09:00   webhooks arrive again
  day 2 09:10   the operator imports the subscription
  day 2 10:10   the operator imports the subscription
  day 5 09:10   the operator imports the subscription

then
  day 0 13:10   the merchant's charge, USD 29.00: declined INSUFFICIENT_FUNDS
  day 2 09:10   the import opens a recovery
  day 2 10:10   the import leaves it out (recovery_open)
  day 2 11:10   mail “your payment failed”, reason INSUFFICIENT_FUNDS
  day 3 13:10   attempt 2, USD 29.00: succeeded
  day 3 13:10   mail “thank you”
  day 3 13:10   ended: recovered by attempt, reactivated (subscription.reactivated)
  day 5 09:10   the import leaves it out (ended_earlier)
