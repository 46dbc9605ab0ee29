A customer who disputed a payment recently is neither charged nor sent mails

shows
  8.10 If the customer disputed a payment recently, the operator decides

given
  an on-demand subscription of USD 29.00, authorized at 13:10
  the customer disputed a payment two days earlier

when
  day 0 13:10   the merchant charges USD 29.00: declined INSUFFICIENT_FUNDS
  day 2 09:00   the operator resumes the recovery

then
  day 0 13:10   the merchant's charge, USD 29.00: declined INSUFFICIENT_FUNDS
  day 0 13:10   operator notified: recent_dispute
  day 2 09:00   mail “your payment failed”, reason INSUFFICIENT_FUNDS
  day 2 13:10   mail “we will try again”, before attempt 2
  day 3 13:10   attempt 2, USD 29.00: succeeded
  day 3 13:10   mail “thank you”
  day 3 13:10   ended: recovered by attempt, reactivated (subscription.reactivated)
