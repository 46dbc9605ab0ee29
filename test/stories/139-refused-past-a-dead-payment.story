Dodo refuses the charge although the operator confirmed that the waiting payment is dead

shows
  3.36 If Dodo refuses a charge because of a payment that was confirmed to be dead, no other is sent

given
  an on-demand subscription of USD 29.00, authorized at 13:10

when
  day 0 13:10   the merchant charges USD 29.00: declined INSUFFICIENT_FUNDS
  day 7 10:00   the operator confirms that the waiting payment is dead and charges now
  day 8 10:00   the operator charges now
  day 9 10:00   attempt 2 ends: succeeded

charges by Reprise
  open, status requires_customer_action

then
  day 0 13:10   the merchant's charge, USD 29.00: declined INSUFFICIENT_FUNDS
  day 0 15:10   mail “your payment failed”, reason INSUFFICIENT_FUNDS
  day 2 13:10   mail “we will try again”, before attempt 2
  day 3 13:10   attempt 2, USD 29.00: open
  day 3 15:10   mail “please confirm your payment”, first
  day 5 02:10   mail “please confirm your payment”, reminder
  day 6 20:21   operator notified: outcome_deadline
  day 7 10:00   attempt 3, USD 29.00: refused with PREVIOUS_PAYMENT_PENDING, HTTP 409
  day 7 10:00   mail “please pay”, number 1, no reason given
  day 8 10:00   the operator's command is refused: being_processed
  day 9 10:00   attempt 2: succeeded
  day 9 10:00   mail “thank you”
  day 9 10:00   ended: recovered by attempt, reactivated (subscription.reactivated)
