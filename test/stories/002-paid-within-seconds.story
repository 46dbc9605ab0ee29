The merchant tries again within seconds, and it works: nobody hears of it

shows
  2.1 What a webhook says is read at Dodo first, and once more before anybody is written to or charged

given
  an on-demand subscription of USD 29.00, authorized at 13:10

when
  day 0 13:10   the merchant charges USD 29.00: declined INSUFFICIENT_FUNDS
  day 0 13:10   the merchant charges USD 29.00: succeeded

then
  day 0 13:10   the merchant's charge, USD 29.00: declined INSUFFICIENT_FUNDS
  day 0 13:10   the merchant's charge 2, USD 29.00: succeeded
  day 0 13:10   ended: nothing_owed (opening.nothing_owed)
