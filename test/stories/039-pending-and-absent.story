Dodo reports a pending payment and shows none

shows
  3.25 If no payment is found for a day after PREVIOUS_PAYMENT_PENDING, the customer is asked to act

given
  an on-demand subscription of USD 29.00, authorized at 13:10

when
  day 0 13:10   the merchant charges USD 29.00: declined INSUFFICIENT_FUNDS

charges by Reprise
  refused with PREVIOUS_PAYMENT_PENDING, HTTP 409

then
  day 0 13:10   the merchant's charge, USD 29.00: declined INSUFFICIENT_FUNDS
  day 0 15:10   mail “your payment failed”, reason INSUFFICIENT_FUNDS
  day 2 13:10   mail “we will try again”, before attempt 2
  day 3 13:10   attempt 2, USD 29.00: refused with PREVIOUS_PAYMENT_PENDING, HTTP 409
  day 4 13:10   mail “please pay”, number 1, reason INSUFFICIENT_FUNDS
  day 7 13:10   mail “please pay”, number 2, reason INSUFFICIENT_FUNDS
  day 11 13:10  mail “please pay”, number 3, reason INSUFFICIENT_FUNDS
  day 18 13:10  mail “please pay”, number 4, reason INSUFFICIENT_FUNDS
  day 30 13:10  ended: exhausted by reprise (window.ended)
