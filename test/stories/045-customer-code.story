The bank requires the customer's authentication

shows
  4.2 Handling `customer`: the customer is asked to act, and nothing is charged

given
  an on-demand subscription of USD 29.00, authorized at 13:10

when
  day 0 13:10   the merchant charges USD 29.00: declined AUTHENTICATION_REQUIRED

then
  day 0 13:10   the merchant's charge, USD 29.00: declined AUTHENTICATION_REQUIRED
  day 0 13:10   mail “please pay”, number 1, reason AUTHENTICATION_REQUIRED
  day 3 13:10   mail “please pay”, number 2, reason AUTHENTICATION_REQUIRED
  day 7 13:10   mail “please pay”, number 3, reason AUTHENTICATION_REQUIRED
  day 14 13:10  mail “please pay”, number 4, reason AUTHENTICATION_REQUIRED
  day 30 13:10  ended: exhausted by reprise (window.ended)
