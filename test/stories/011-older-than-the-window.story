A webhook about a subscription on hold arrives a month late

shows
  2.10 A debt older than the recovery window is not recovered

given
  an on-demand subscription of USD 29.00, authorized at 13:10

when
  day 0 13:10   webhooks stop arriving
  day 0 13:10   the merchant charges USD 29.00: declined INSUFFICIENT_FUNDS
  day 30 14:00  webhooks arrive again
  day 30 14:10  the lost webhook payment.failed is delivered

then
  day 0 13:10   the merchant's charge, USD 29.00: declined INSUFFICIENT_FUNDS
  day 30 14:10  ended: nothing_owed (opening.nothing_owed)
