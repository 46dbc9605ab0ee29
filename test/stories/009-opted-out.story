The merchant opts this customer out

shows
  2.8 A subscription that opted out is left alone

given
  an on-demand subscription of USD 29.00, authorized at 13:10
  metadata reprise = off

when
  day 0 13:10   the merchant charges USD 29.00: declined EXPIRED_CARD

then
  day 0 13:10   the merchant's charge, USD 29.00: declined EXPIRED_CARD
  day 0 13:10   ended: nothing_owed (opening.opted_out)
