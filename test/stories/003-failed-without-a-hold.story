A failed charge leaves the subscription active, and the debt is still recovered

shows
  2.3 A failed payment opens a recovery, whether or not the subscription is on hold

given
  an on-demand subscription of USD 29.00, authorized at 13:10
  a failed charge leaves the subscription active

when
  day 0 13:10   the merchant charges USD 29.00: declined GENERIC_DECLINE

then
  day 0 13:10   the merchant's charge, USD 29.00: declined GENERIC_DECLINE
  day 0 15:10   mail “your payment failed”, reason GENERIC_DECLINE
  day 2 13:10   mail “we will try again”, before attempt 2
  day 3 13:10   attempt 2, USD 29.00: succeeded
  day 3 13:10   mail “thank you”
  day 3 13:10   ended: recovered by attempt, reactivated (subscription.reactivated)
