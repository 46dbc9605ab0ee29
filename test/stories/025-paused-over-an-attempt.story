The recovery is paused on the day of an attempt, which is rescheduled and announced again

shows
  3.11 An attempt that is a day overdue is rescheduled and announced again

given
  an on-demand subscription of USD 29.00, authorized at 13:10

when
  day 0 13:10   the merchant charges USD 29.00: declined CARD_VELOCITY_EXCEEDED
  day 1 09:00   the operator pauses the recovery
  day 8 09:00   the operator resumes the recovery

then
  day 0 13:10   the merchant's charge, USD 29.00: declined CARD_VELOCITY_EXCEEDED
  day 0 15:10   mail “your payment failed”, reason CARD_VELOCITY_EXCEEDED
  day 8 13:10   mail “we will try again”, before attempt 2, rescheduled
  day 9 13:10   attempt 2, USD 29.00: succeeded
  day 9 13:10   mail “thank you”
  day 9 13:10   ended: recovered by attempt, reactivated (subscription.reactivated)
