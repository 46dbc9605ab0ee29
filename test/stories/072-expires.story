The term of the subscription ends

shows
  6.6 A subscription that expires ends its recovery

given
  an on-demand subscription of USD 29.00, authorized at 13:10

when
  day 0 13:10   the merchant charges USD 29.00: declined CARD_NOT_ACTIVATED
  day 5 00:00   Dodo sets the subscription to expired

then
  day 0 13:10   the merchant's charge, USD 29.00: declined CARD_NOT_ACTIVATED
  day 0 13:10   mail “please pay”, number 1, reason CARD_NOT_ACTIVATED
  day 3 13:10   mail “please pay”, number 2, reason CARD_NOT_ACTIVATED
  day 5 00:00   ended: cancelled by dodo (subscription.ended)
