The merchant's second charge succeeds within seconds, and no mail is sent

shows
  2.1 Reprise verifies a webhook by reading Dodo, and reads once more before it sends a mail or a charge

given
  an on-demand subscription of USD 29.00, authorized at 13:10

when
  day 0 13:10   the merchant charges USD 29.00: declined INSUFFICIENT_FUNDS
  day 0 13:10   the merchant charges USD 29.00: succeeded

then
  day 0 13:10   the merchant's charge, USD 29.00: declined INSUFFICIENT_FUNDS
  day 0 13:10   the merchant's charge 2, USD 29.00: succeeded
  day 0 13:10   ended: nothing_owed (opening.nothing_owed)
