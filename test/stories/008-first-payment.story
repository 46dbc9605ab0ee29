The first payment fails, so the subscription never started

shows
  2.7 The first payment of a subscription is never charged again

given
  an on-demand subscription of USD 29.00, authorized at 13:10

when
  day 0 13:10   Dodo sets the subscription to failed
  day 0 13:10   the merchant charges USD 29.00: declined AUTHENTICATION_REQUIRED

then
  day 0 13:10   the merchant's charge, USD 29.00: declined AUTHENTICATION_REQUIRED
  day 0 13:10   ended: nothing_owed (opening.first_payment)
