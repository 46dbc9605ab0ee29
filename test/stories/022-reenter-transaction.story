REENTER_TRANSACTION twice

shows
  3.8 REENTER_TRANSACTION is retried once

given
  an on-demand subscription of USD 29.00, authorized at 13:10

when
  day 0 13:10   the merchant charges USD 29.00: declined REENTER_TRANSACTION

charges by Reprise
  declined REENTER_TRANSACTION

then
  day 0 13:10   the merchant's charge, USD 29.00: declined REENTER_TRANSACTION
  day 0 15:10   mail “your payment failed”, reason REENTER_TRANSACTION
  day 2 13:10   mail “we will try again”, before attempt 2
  day 3 13:10   attempt 2, USD 29.00: declined REENTER_TRANSACTION
  day 3 13:10   mail “please pay”, number 1, reason REENTER_TRANSACTION
  day 6 13:10   mail “please pay”, number 2, reason REENTER_TRANSACTION
  day 10 13:10  mail “please pay”, number 3, reason REENTER_TRANSACTION
  day 17 13:10  mail “please pay”, number 4, reason REENTER_TRANSACTION
  day 30 13:10  ended: exhausted by reprise (window.ended)
