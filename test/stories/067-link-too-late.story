The customer follows the link while a charge is in flight, and again after the payment

shows
  5.11 The link in the mail says so if nothing can be paid now

given
  an on-demand subscription of USD 29.00, authorized at 13:10

when
  day 0 13:10   the merchant charges USD 29.00: declined INSUFFICIENT_FUNDS
  day 3 13:20   the customer follows the link in the mail
  day 3 18:00   attempt 2 ends: succeeded
  day 3 19:00   the customer follows the link in the mail

charges by Reprise
  open, status processing

then
  day 0 13:10   the merchant's charge, USD 29.00: declined INSUFFICIENT_FUNDS
  day 0 15:10   mail “your payment failed”, reason INSUFFICIENT_FUNDS
  day 2 13:10   mail “we will try again”, before attempt 2
  day 3 13:10   attempt 2, USD 29.00: open
  day 3 13:20   the link in the mail shows: a payment is being processed
  day 3 18:00   attempt 2: succeeded
  day 3 18:00   mail “thank you”
  day 3 18:00   ended: recovered by attempt, reactivated (subscription.reactivated)
  day 3 19:00   the link in the mail shows: nothing is owed
