An operator imports a subscription that opted out, and once more after it was cancelled

shows
  13.8 An import leaves out a subscription that opted out or was cancelled

given
  an on-demand subscription of USD 29.00, authorized at 13:10

when
  day 0 13:00   webhooks stop arriving
  day 0 13:10   the merchant charges USD 29.00: declined INSUFFICIENT_FUNDS
  day 1 09:00   the merchant sets metadata reprise = off
  day 5 09:10   the operator imports the subscription
  day 6 09:00   the merchant sets metadata reprise = on
  day 6 09:10   the subscription is cancelled immediately
  day 6 09:20   the operator imports the subscription

then
  day 0 13:10   the merchant's charge, USD 29.00: declined INSUFFICIENT_FUNDS
  day 5 09:10   the import leaves it out (opted_out)
  day 6 09:20   the import leaves it out (cancelled)
