The merchant's second charge succeeds before the webhook of the first one arrives

shows
  2.2 If the debt was paid before its webhook arrived, nothing is owed and nothing is sent

given
  an on-demand subscription of USD 29.00, authorized at 13:10

when
  day 0 13:10   webhooks stop arriving
  day 0 13:10   the merchant charges USD 29.00: declined INSUFFICIENT_FUNDS
  day 0 14:00   the merchant charges USD 29.00: succeeded
  day 1 13:10   webhooks arrive again
  day 1 13:20   the lost webhook payment.failed is delivered

then
  day 0 13:10   the merchant's charge, USD 29.00: declined INSUFFICIENT_FUNDS
  day 0 14:00   the merchant's charge 2, USD 29.00: succeeded
  day 1 13:20   ended: nothing_owed (opening.nothing_owed)
