After a soft decline the card expires

shows
  3.12 The latest decline decides what happens next

given
  an on-demand subscription of USD 29.00, authorized at 13:10

when
  day 0 13:10   the merchant charges USD 29.00: declined INSUFFICIENT_FUNDS

charges by Reprise
  declined EXPIRED_CARD

then
  day 0 13:10   the merchant's charge, USD 29.00: declined INSUFFICIENT_FUNDS
  day 0 15:10   mail “your payment failed”, reason INSUFFICIENT_FUNDS
  day 2 13:10   mail “we will try again”, before attempt 2
  day 3 13:10   attempt 2, USD 29.00: declined EXPIRED_CARD
  day 3 13:10   mail “please pay”, number 1, reason EXPIRED_CARD
  day 6 13:10   mail “please pay”, number 2, reason EXPIRED_CARD
  day 10 13:10  mail “please pay”, number 3, reason EXPIRED_CARD
  day 17 13:10  mail “please pay”, number 4, reason EXPIRED_CARD
  day 30 13:10  ended: exhausted by reprise (window.ended)
