A newer Dodo sends an event that this version does not know

shows
  11.3 An event that this version does not know changes nothing

given
  an on-demand subscription of USD 29.00, authorized at 13:10

when
  day 0 13:10   the merchant charges USD 29.00: declined UNKNOWN_ERROR
  day 1 09:00   Dodo sends the webhook subscription.hibernated
  day 1 11:00   Dodo sends the webhook dunning.started

then
  day 0 13:10   the merchant's charge, USD 29.00: declined UNKNOWN_ERROR
  day 0 15:10   mail “your payment failed”, reason UNKNOWN_ERROR
  day 2 13:10   mail “we will try again”, before attempt 2
  day 3 13:10   attempt 2, USD 29.00: succeeded
  day 3 13:10   mail “thank you”
  day 3 13:10   ended: recovered by attempt, reactivated (subscription.reactivated)
