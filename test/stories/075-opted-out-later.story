The merchant opts the customer out on day 5

shows
  6.9 Opting out ends an open recovery

given
  an on-demand subscription of USD 29.00, authorized at 13:10

when
  day 0 13:10   the merchant charges USD 29.00: declined INSUFFICIENT_FUNDS
  day 5 09:00   the merchant sets metadata reprise = off

charges by Reprise
  declined INSUFFICIENT_FUNDS

then
  day 0 13:10   the merchant's charge, USD 29.00: declined INSUFFICIENT_FUNDS
  day 0 15:10   mail “your payment failed”, reason INSUFFICIENT_FUNDS
  day 2 13:10   mail “we will try again”, before attempt 2
  day 3 13:10   attempt 2, USD 29.00: declined INSUFFICIENT_FUNDS
  day 9 13:10   ended: nothing_owed by merchant (opening.opted_out)
