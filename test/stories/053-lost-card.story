LOST_CARD: the policy cancels the subscription at the end of the window

shows
  4.10 Dodo's do-not-retry list: LOST_CARD
  6.2 `on_exhausted: cancel` cancels the subscription after a final read

given
  an on-demand subscription of USD 29.00, authorized at 13:10
  policy
    on_exhausted: cancel

when
  day 0 13:10   the merchant charges USD 29.00: declined LOST_CARD

then
  day 0 13:10   the merchant's charge, USD 29.00: declined LOST_CARD
  day 0 13:10   mail “please pay”, number 1, no reason given
  day 3 13:10   mail “please pay”, number 2, no reason given
  day 7 13:10   mail “please pay”, number 3, no reason given
  day 14 13:10  mail “please pay”, number 4, no reason given
  day 30 13:10  mail “your subscription is cancelled”
  day 30 13:10  Reprise cancels the subscription
  day 30 13:10  ended: exhausted by reprise (window.ended)
