The subscription has no payment method that can be charged

shows
  3.19 NO_ELIGIBLE_PAYMENT_METHODS asks the customer to act

given
  an on-demand subscription of USD 29.00, authorized at 13:10
  policy
    window: 10d
    retry:
      gaps: [3d]
    notices:
      hard: [0s, 2d]

when
  day 0 13:10   the merchant charges USD 29.00: declined INSUFFICIENT_FUNDS

charges by Reprise
  refused with NO_ELIGIBLE_PAYMENT_METHODS, HTTP 422

then
  day 0 13:10   the merchant's charge, USD 29.00: declined INSUFFICIENT_FUNDS
  day 0 15:10   mail “your payment failed”, reason INSUFFICIENT_FUNDS
  day 2 13:10   mail “we will try again”, before attempt 2
  day 3 13:10   attempt 2, USD 29.00: refused with NO_ELIGIBLE_PAYMENT_METHODS, HTTP 422
  day 3 13:10   mail “please pay”, number 1, reason INSUFFICIENT_FUNDS
  day 5 13:10   mail “please pay”, number 2, reason INSUFFICIENT_FUNDS
  day 10 13:10  ended: exhausted by reprise (window.ended)
