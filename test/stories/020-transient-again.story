A second transient decline waits for the schedule

shows
  3.5 After a transient decline the first gap is one day
  3.12 The latest decline decides what happens next

given
  an on-demand subscription of USD 29.00, authorized at 13:10

when
  day 0 13:10   the merchant charges USD 29.00: declined PROCESSING_ERROR

charges by Reprise
  declined TRY_AGAIN_LATER

then
  day 0 13:10   the merchant's charge, USD 29.00: declined PROCESSING_ERROR
  day 0 15:10   mail “your payment failed”, reason PROCESSING_ERROR
  day 1 13:10   attempt 2, USD 29.00: declined TRY_AGAIN_LATER
  day 7 13:10   mail “we will try again”, before attempt 3
  day 8 13:10   attempt 3, USD 29.00: succeeded
  day 8 13:10   mail “thank you”
  day 8 13:10   ended: recovered by attempt, reactivated (subscription.reactivated)
