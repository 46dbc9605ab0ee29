The policy allows five retries, a mandate in rupees only three

shows
  3.14 A mandate in rupees has at most three retries per cycle

given
  an on-demand subscription of INR 2900.00, authorized at 13:10
  policy
    retry:
      gaps: [2d, 2d, 2d, 2d, 2d]

when
  day 0 13:10   the merchant charges INR 2900.00: declined INSUFFICIENT_FUNDS

charges by Reprise
  declined INSUFFICIENT_FUNDS
  declined INSUFFICIENT_FUNDS
  declined INSUFFICIENT_FUNDS
  declined INSUFFICIENT_FUNDS
  declined INSUFFICIENT_FUNDS

then
  day 0 13:10   the merchant's charge, INR 2900.00: declined INSUFFICIENT_FUNDS
  day 0 15:10   mail “your payment failed”, reason INSUFFICIENT_FUNDS
  day 1 13:10   mail “we will try again”, before attempt 2
  day 2 13:10   attempt 2, INR 2900.00: declined INSUFFICIENT_FUNDS
  day 3 13:10   mail “we will try again”, before attempt 3
  day 4 13:10   attempt 3, INR 2900.00: declined INSUFFICIENT_FUNDS
  day 5 13:10   mail “we will try again”, before attempt 4
  day 6 13:10   attempt 4, INR 2900.00: declined INSUFFICIENT_FUNDS
  day 6 13:10   mail “please pay”, number 1, reason INSUFFICIENT_FUNDS
  day 9 13:10   mail “please pay”, number 2, reason INSUFFICIENT_FUNDS
  day 13 13:10  mail “please pay”, number 3, reason INSUFFICIENT_FUNDS
  day 20 13:10  mail “please pay”, number 4, reason INSUFFICIENT_FUNDS
  day 30 13:10  ended: exhausted by reprise (window.ended)
