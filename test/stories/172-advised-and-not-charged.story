The merchant does not charge

shows
  14.3 An advised attempt that is not made is advised again under its key; after the third time the operator is asked

given
  an on-demand subscription of USD 29.00, authorized at 13:10
  Reprise runs in advise mode

when
  day 0 13:10   the merchant charges USD 29.00: declined INSUFFICIENT_FUNDS
  day 12 09:00   the operator resumes the recovery
  day 13 14:00   the merchant charges with the key of attempt 2: succeeded

then
  day 0 13:10   the merchant's charge, USD 29.00: declined INSUFFICIENT_FUNDS
  day 0 13:10   advice: charge attempt 2 on day 3 13:10
  day 0 15:10   advice: notify_customer, payment_failed
  day 2 13:10   advice: notify_customer, retry_ahead
  day 4 13:10   operator notified: advice_not_taken
  day 4 13:10   advice: charge attempt 2 on day 5 13:10
  day 4 13:10   advice: notify_customer, retry_ahead
  day 6 13:10   advice: charge attempt 2 on day 7 13:10
  day 6 13:10   advice: notify_customer, retry_ahead
  day 8 13:10   operator notified: advice_not_taken
  day 8 13:10   advice: wait, advice_not_taken
  day 12 09:00  advice: charge attempt 2 on day 13 13:10
  day 13 14:00  attempt 2, USD 29.00: succeeded
  day 13 14:00  advice: notify_customer, recovered
  day 13 14:00  advice: stop
  day 13 14:00  advice: stop
  day 13 14:00  ended: recovered by attempt, reactivated (subscription.reactivated)
