An operator imports a subscription whose customer disputed a payment

shows
  13.7 An import leaves out a customer who disputed a payment

given
  an on-demand subscription of USD 29.00, authorized at 13:10
  the customer disputed a payment two days earlier

when
  day 0 13:00   webhooks stop arriving
  day 0 13:10   the merchant charges USD 29.00: declined INSUFFICIENT_FUNDS
  day 5 09:10   the operator imports the subscription

then
  day 0 13:10   the merchant's charge, USD 29.00: declined INSUFFICIENT_FUNDS
  day 5 09:10   the import leaves it out (disputed)
