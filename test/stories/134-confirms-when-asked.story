The bank asks the customer to confirm, and the customer does so on the payment's own page

shows
  3.31 A customer whose confirmation a charge waits for is asked for it, once and again, before the operator is

given
  an on-demand subscription of USD 29.00, authorized at 13:10

when
  day 0 13:10   the merchant charges USD 29.00: declined INSUFFICIENT_FUNDS
  day 3 16:00   the customer follows the link in the mail
  day 3 16:05   attempt 2 ends: succeeded

charges by Reprise
  open, status requires_customer_action

then
  day 0 13:10   the merchant's charge, USD 29.00: declined INSUFFICIENT_FUNDS
  day 0 15:10   mail “your payment failed”, reason INSUFFICIENT_FUNDS
  day 2 13:10   mail “we will try again”, before attempt 2
  day 3 13:10   attempt 2, USD 29.00: open
  day 3 15:10   mail “please confirm your payment”, first
  day 3 16:05   attempt 2: succeeded
  day 3 16:05   mail “thank you”
  day 3 16:05   ended: recovered by attempt, reactivated (subscription.reactivated)
