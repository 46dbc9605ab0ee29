Dodo's suggested calendar: authorized at 13:10, charged again on days 3, 10 and 17 at 13:10

shows
  3.1 An attempt keeps the UTC time of day of the authorization
  3.2 Dodo's suggested calendar: attempts on days 3, 10 and 17, each counted from the start of the previous attempt
  3.7 INSUFFICIENT_FUNDS may repeat as long as the schedule lasts
  4.1 Handling `retry`: the schedule continues, and each attempt is announced
  6.1 If the debt is unpaid at the end of the window, it is exhausted and the subscription stays as it is

given
  an on-demand subscription of USD 29.00, authorized at 13:10

when
  day 0 13:10   the merchant charges USD 29.00: declined INSUFFICIENT_FUNDS

charges by Reprise
  declined INSUFFICIENT_FUNDS
  declined INSUFFICIENT_FUNDS
  declined INSUFFICIENT_FUNDS

then
  day 0 13:10   the merchant's charge, USD 29.00: declined INSUFFICIENT_FUNDS
  day 0 15:10   mail “your payment failed”, reason INSUFFICIENT_FUNDS
  day 2 13:10   mail “we will try again”, before attempt 2
  day 3 13:10   attempt 2, USD 29.00: declined INSUFFICIENT_FUNDS
  day 9 13:10   mail “we will try again”, before attempt 3
  day 10 13:10  attempt 3, USD 29.00: declined INSUFFICIENT_FUNDS
  day 16 13:10  mail “we will try again”, before attempt 4
  day 17 13:10  attempt 4, USD 29.00: declined INSUFFICIENT_FUNDS
  day 17 13:10  mail “please pay”, number 1, reason INSUFFICIENT_FUNDS
  day 20 13:10  mail “please pay”, number 2, reason INSUFFICIENT_FUNDS
  day 24 13:10  mail “please pay”, number 3, reason INSUFFICIENT_FUNDS
  day 27 13:10  mail “please pay”, number 4, reason INSUFFICIENT_FUNDS
  day 30 13:10  ended: exhausted by reprise (window.ended)
