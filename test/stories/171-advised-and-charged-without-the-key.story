The merchant charges without the key

shows
  14.2 In advise mode a charge by the merchant without the key asks the operator, and the answer continues the advice

given
  an on-demand subscription of USD 29.00, authorized at 13:10
  Reprise runs in advise mode

when
  day 0 13:10   the merchant charges USD 29.00: declined INSUFFICIENT_FUNDS
  day 1 09:00   the merchant charges USD 29.00: declined INSUFFICIENT_FUNDS
  day 1 12:00   the operator resumes the recovery
  day 3 13:30   the merchant charges with the key of attempt 2: succeeded

then
  day 0 13:10   the merchant's charge, USD 29.00: declined INSUFFICIENT_FUNDS
  day 0 13:10   advice: charge attempt 2 on day 3 13:10
  day 0 15:10   advice: notify_customer, payment_failed
  day 1 09:00   the merchant's charge 2, USD 29.00: declined INSUFFICIENT_FUNDS
  day 1 09:00   operator notified: second_debt
  day 1 09:00   advice: wait, second_debt
  day 1 12:00   advice: charge attempt 2 on day 3 13:10
  day 2 13:10   advice: notify_customer, retry_ahead
  day 3 13:30   attempt 2, USD 29.00: succeeded
  day 3 13:30   advice: notify_customer, recovered
  day 3 13:30   advice: stop
  day 3 13:30   advice: stop
  day 3 13:30   ended: recovered by attempt, reactivated (subscription.reactivated)
