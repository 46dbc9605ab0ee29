The operator was wrong: the payment that was confirmed to be dead succeeds after the debt was paid

shows
  3.35 A payment that was confirmed to be dead is followed to the end of the window, and its success is told

given
  an on-demand subscription of USD 29.00, authorized at 13:10
  Dodo accepts charges while another payment is open

when
  day 0 13:10   the merchant charges USD 29.00: declined INSUFFICIENT_FUNDS
  day 7 10:00   the operator confirms that the waiting payment is dead and charges now
  day 7 11:00   webhooks stop arriving
  day 20 10:00  attempt 2 ends: succeeded

charges by Reprise
  open, status requires_customer_action
  succeeded

then
  day 0 13:10   the merchant's charge, USD 29.00: declined INSUFFICIENT_FUNDS
  day 0 15:10   mail “your payment failed”, reason INSUFFICIENT_FUNDS
  day 2 13:10   mail “we will try again”, before attempt 2
  day 3 13:10   attempt 2, USD 29.00: open
  day 3 15:10   mail “please confirm your payment”, first
  day 5 02:10   mail “please confirm your payment”, reminder
  day 6 20:21   operator notified: outcome_deadline
  day 7 10:00   attempt 3, USD 29.00: succeeded
  day 7 10:00   mail “thank you”
  day 20 10:00  attempt 2: succeeded
  day 20 17:11  operator notified: overcharged
  day 20 17:11  ended: recovered by attempt, reactivated (subscription.reactivated)
