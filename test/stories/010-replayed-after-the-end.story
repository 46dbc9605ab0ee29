All webhooks are delivered again after the debt has ended

shows
  2.9 A debt that has ended is never opened again

given
  an on-demand subscription of USD 29.00, authorized at 13:10

when
  day 0 13:10   the merchant charges USD 29.00: declined CARD_DECLINED
  day 40 10:00  all webhooks so far are delivered again

then
  day 0 13:10   the merchant's charge, USD 29.00: declined CARD_DECLINED
  day 0 13:10   mail “please pay”, number 1, reason CARD_DECLINED
  day 3 13:10   mail “please pay”, number 2, reason CARD_DECLINED
  day 7 13:10   mail “please pay”, number 3, reason CARD_DECLINED
  day 14 13:10  mail “please pay”, number 4, reason CARD_DECLINED
  day 30 13:10  ended: exhausted by reprise (window.ended)
  day 40 10:00  ended: nothing_owed (opening.nothing_owed)
