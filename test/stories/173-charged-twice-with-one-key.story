The merchant charges twice with one key

shows
  14.4 Two charges by the merchant with one key count as one attempt

given
  an on-demand subscription of USD 29.00, authorized at 13:10
  Reprise runs in advise mode

when
  day 0 13:10   the merchant charges USD 29.00: declined INSUFFICIENT_FUNDS
  day 3 13:30   the merchant charges with the key of attempt 2: declined INSUFFICIENT_FUNDS
  day 3 15:00   the merchant charges with the key of attempt 2: declined INSUFFICIENT_FUNDS
  day 10 13:30   the merchant charges with the key of attempt 3: declined EXPIRED_CARD
  day 12 09:00   the customer changes the card in Dodo's portal: succeeded

then
  day 0 13:10   the merchant's charge, USD 29.00: declined INSUFFICIENT_FUNDS
  day 0 13:10   advice: charge attempt 2 on day 3 13:10
  day 0 15:10   advice: notify_customer, payment_failed
  day 2 13:10   advice: notify_customer, retry_ahead
  day 3 13:30   attempt 2, USD 29.00: declined INSUFFICIENT_FUNDS
  day 3 13:30   advice: charge attempt 3 on day 10 13:10
  day 3 15:00   attempt 2, USD 29.00: declined INSUFFICIENT_FUNDS
  day 9 13:10   advice: notify_customer, retry_ahead
  day 10 13:30  attempt 3, USD 29.00: declined EXPIRED_CARD
  day 10 13:30  advice: ask_customer
  day 10 13:30  advice: notify_customer, action_needed
  day 12 09:00  the card change in Dodo's portal, USD 29.00: succeeded
  day 12 09:00  advice: notify_customer, recovered
  day 12 09:00  advice: stop
  day 12 09:00  advice: stop
  day 12 09:00  ended: recovered by customer, reactivated (subscription.reactivated)
