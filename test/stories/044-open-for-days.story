The bank asks the customer to confirm, and the customer does not

shows
  3.29 The operator is notified if an accepted payment stays open for three days, and Reprise follows it to its end

given
  an on-demand subscription of USD 29.00, authorized at 13:10

when
  day 0 13:10   the merchant charges USD 29.00: declined INSUFFICIENT_FUNDS
  day 7 10:00   attempt 2 ends: declined AUTHENTICATION_TIMEOUT

charges by Reprise
  open, status requires_customer_action

then
  day 0 13:10   the merchant's charge, USD 29.00: declined INSUFFICIENT_FUNDS
  day 0 15:10   mail “your payment failed”, reason INSUFFICIENT_FUNDS
  day 2 13:10   mail “we will try again”, before attempt 2
  day 3 13:10   attempt 2, USD 29.00: open
  day 3 15:10   mail “please confirm your payment”, first
  day 5 02:10   mail “please confirm your payment”, reminder
  day 6 20:21   operator notified: outcome_deadline
  day 7 10:00   attempt 2: declined AUTHENTICATION_TIMEOUT
  day 7 10:00   mail “please pay”, number 1, reason AUTHENTICATION_TIMEOUT
  day 10 10:00  mail “please pay”, number 2, reason AUTHENTICATION_TIMEOUT
  day 14 10:00  mail “please pay”, number 3, reason AUTHENTICATION_TIMEOUT
  day 21 10:00  mail “please pay”, number 4, reason AUTHENTICATION_TIMEOUT
  day 31 02:49  ended: exhausted by reprise (window.ended)
