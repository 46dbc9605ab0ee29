STOLEN_CARD is neither charged again nor named

shows
  4.5 Dodo's do-not-retry list: STOLEN_CARD
  4.16 A sensitive decline reason is never given to the customer

given
  an on-demand subscription of USD 29.00, authorized at 13:10
  policy
    notices:
      hard: [0s, 5d]

when
  day 0 13:10   the merchant charges USD 29.00: declined STOLEN_CARD

then
  day 0 13:10   the merchant's charge, USD 29.00: declined STOLEN_CARD
  day 0 13:10   mail “please pay”, number 1, no reason given
  day 5 13:10   mail “please pay”, number 2, no reason given
  day 30 13:10  ended: exhausted by reprise (window.ended)
