Only the webhook of the hold arrives

shows
  2.4 A hold opens a recovery even if the failed payment's own webhook never arrives

given
  an on-demand subscription of USD 29.00, authorized at 13:10

when
  day 0 13:10   webhooks stop arriving
  day 0 13:10   the merchant charges USD 29.00: declined LIMIT_EXCEEDED
  day 0 13:20   webhooks arrive again
  day 0 13:30   the lost webhook subscription.on_hold is delivered

then
  day 0 13:10   the merchant's charge, USD 29.00: declined LIMIT_EXCEEDED
  day 0 15:30   mail “your payment failed”, reason LIMIT_EXCEEDED
  day 2 13:10   mail “we will try again”, before attempt 2
  day 3 13:10   attempt 2, USD 29.00: succeeded
  day 3 13:10   mail “thank you”
  day 3 13:10   ended: recovered by attempt, reactivated (subscription.reactivated)
