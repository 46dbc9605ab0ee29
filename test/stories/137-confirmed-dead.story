The operator confirms that a waiting payment is dead, and the next attempt succeeds

shows
  3.34 Past the deadline the operator may charge although a payment waits, after Dodo was read again

given
  an on-demand subscription of USD 29.00, authorized at 13:10
  Dodo accepts charges while another payment is open

when
  day 0 13:10   the merchant charges USD 29.00: declined INSUFFICIENT_FUNDS
  day 4 10:00   the operator confirms that the waiting payment is dead and charges now
  day 7 10:00   the operator confirms that the waiting payment is dead and charges now
  day 12 10:00  attempt 2 ends: declined AUTHENTICATION_TIMEOUT

charges by Reprise
  open, status requires_customer_action
  succeeded

then
  day 0 13:10   the merchant's charge, USD 29.00: declined INSUFFICIENT_FUNDS
  day 0 15:10   mail “your payment failed”, reason INSUFFICIENT_FUNDS
  day 2 13:10   mail “we will try again”, before attempt 2
  day 3 13:10   attempt 2, USD 29.00: open
  day 3 15:10   mail “please confirm your payment”, first
  day 4 10:00   the operator's command is refused: not_now
  day 5 02:10   mail “please confirm your payment”, reminder
  day 6 20:21   operator notified: outcome_deadline
  day 7 10:00   attempt 3, USD 29.00: succeeded
  day 7 10:00   mail “thank you”
  day 12 10:00  attempt 2: declined AUTHENTICATION_TIMEOUT
  day 12 10:00  operator notified: not_reactivated
  day 12 10:00  ended: recovered by attempt, reactivated (subscription.reactivated); nothing_owed (opening.nothing_owed)
