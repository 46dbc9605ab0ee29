Another charge fails while the recovery is paused, and the operator resumes it twice

shows
  6.20 While the recovery is paused, a charge is refused; a resume lifts the pause, and a second one answers the question

given
  an on-demand subscription of USD 29.00, authorized at 13:10

when
  day 0 13:10   the merchant charges USD 29.00: declined INSUFFICIENT_FUNDS
  day 1 09:00   the operator pauses the recovery
  day 1 12:00   the merchant charges USD 9.00: declined INSUFFICIENT_FUNDS
  day 1 13:00   the operator charges now
  day 1 14:00   the operator resumes the recovery
  day 1 15:00   the operator charges now
  day 1 16:00   the operator resumes the recovery

then
  day 0 13:10   the merchant's charge, USD 29.00: declined INSUFFICIENT_FUNDS
  day 0 15:10   mail “your payment failed”, reason INSUFFICIENT_FUNDS
  day 1 12:00   the merchant's charge 2, USD 9.00: declined INSUFFICIENT_FUNDS
  day 1 12:00   operator notified: second_debt
  day 1 13:00   the operator's command is refused: not_now
  day 1 15:00   the operator's command is refused: not_now
  day 2 13:10   mail “we will try again”, before attempt 2
  day 3 13:10   attempt 2, USD 29.00: succeeded
  day 3 13:10   mail “thank you”
  day 3 13:10   ended: recovered by attempt, reactivated (subscription.reactivated)
