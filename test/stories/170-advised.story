The merchant charges as advised

shows
  14.1 In advise mode each attempt is advised ahead, the merchant's charge with its key is that attempt, and nothing is sent or charged

given
  an on-demand subscription of USD 29.00, authorized at 13:10
  Reprise runs in advise mode

when
  day 0 13:10   the merchant charges USD 29.00: declined INSUFFICIENT_FUNDS
  day 3 13:30   the merchant charges with the key of attempt 2: declined INSUFFICIENT_FUNDS
  day 10 13:30   the merchant charges with the key of attempt 3: succeeded

then
  day 0 13:10   the merchant's charge, USD 29.00: declined INSUFFICIENT_FUNDS
  day 0 13:10   advice: charge attempt 2 on day 3 13:10
  day 0 15:10   advice: notify_customer, payment_failed
  day 2 13:10   advice: notify_customer, retry_ahead
  day 3 13:30   attempt 2, USD 29.00: declined INSUFFICIENT_FUNDS
  day 3 13:30   advice: charge attempt 3 on day 10 13:10
  day 9 13:10   advice: notify_customer, retry_ahead
  day 10 13:30  attempt 3, USD 29.00: succeeded
  day 10 13:30  advice: notify_customer, recovered
  day 10 13:30  advice: stop
  day 10 13:30  advice: stop
  day 10 13:30  ended: recovered by attempt, reactivated (subscription.reactivated)
