GENERIC_DECLINE three times in a row

shows
  3.6 The same decline code three times in a row stops the charging

given
  an on-demand subscription of USD 29.00, authorized at 13:10

when
  day 0 13:10   the merchant charges USD 29.00: declined GENERIC_DECLINE

charges by Reprise
  declined GENERIC_DECLINE
  declined GENERIC_DECLINE

then
  day 0 13:10   the merchant's charge, USD 29.00: declined GENERIC_DECLINE
  day 0 15:10   mail “your payment failed”, reason GENERIC_DECLINE
  day 2 13:10   mail “we will try again”, before attempt 2
  day 3 13:10   attempt 2, USD 29.00: declined GENERIC_DECLINE
  day 9 13:10   mail “we will try again”, before attempt 3
  day 10 13:10  attempt 3, USD 29.00: declined GENERIC_DECLINE
  day 10 13:10  mail “please pay”, number 1, reason GENERIC_DECLINE
  day 13 13:10  mail “please pay”, number 2, reason GENERIC_DECLINE
  day 17 13:10  mail “please pay”, number 3, reason GENERIC_DECLINE
  day 24 13:10  mail “please pay”, number 4, reason GENERIC_DECLINE
  day 30 13:10  ended: exhausted by reprise (window.ended)
