The bank asks the customer to confirm, and Dodo has no page for that

shows
  3.32 Without a page of Dodo's, the link in the mail says what the customer can do, and makes no other payment

given
  an on-demand subscription of USD 29.00, authorized at 13:10
  Dodo has no page for a charge that waits for the customer

when
  day 0 13:10   the merchant charges USD 29.00: declined INSUFFICIENT_FUNDS
  day 3 16:00   the customer follows the link in the mail
  day 4 09:00   attempt 2 ends: declined INSUFFICIENT_FUNDS

charges by Reprise
  open, status requires_customer_action

then
  day 0 13:10   the merchant's charge, USD 29.00: declined INSUFFICIENT_FUNDS
  day 0 15:10   mail “your payment failed”, reason INSUFFICIENT_FUNDS
  day 2 13:10   mail “we will try again”, before attempt 2
  day 3 13:10   attempt 2, USD 29.00: open
  day 3 15:10   mail “please confirm your payment”, first
  day 3 16:00   the link in the mail shows: please confirm the payment with your bank
  day 4 09:00   attempt 2: declined INSUFFICIENT_FUNDS
  day 9 13:10   mail “we will try again”, before attempt 3
  day 10 13:10  attempt 3, USD 29.00: succeeded
  day 10 13:10  mail “thank you”
  day 10 13:10  ended: recovered by attempt, reactivated (subscription.reactivated)
