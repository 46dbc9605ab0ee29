The customer confirms the payment just before the operator confirms that it is dead

shows
  3.37 An operator's confirmation that a payment is dead counts only if a later read shows that it still waits

given
  an on-demand subscription of USD 29.00, authorized at 13:10
  Dodo accepts charges while another payment is open

when
  day 0 13:10   the merchant charges USD 29.00: declined INSUFFICIENT_FUNDS
  day 6 22:00   webhooks stop arriving
  day 7 09:59   attempt 2 ends: succeeded
  day 7 10:00   the operator confirms that the waiting payment is dead and charges now

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
  day 7 09:59   attempt 2: succeeded
  day 7 10:00   the operator's command is refused: nothing_owed
  day 7 10:00   mail “thank you”
  day 7 10:00   ended: recovered by attempt, reactivated (subscription.reactivated)
