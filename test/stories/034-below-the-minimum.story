Dodo refuses a charge for a reason that the operator has to fix

shows
  3.21 Any other refusal waits for the operator

given
  an on-demand subscription of USD 29.00, authorized at 13:10

when
  day 0 13:10   the merchant charges USD 29.00: declined INSUFFICIENT_FUNDS
  day 4 09:00   the operator resumes the recovery

charges by Reprise
  refused with REQUEST_AMOUNT_BELOW_MINIMUM, HTTP 422

then
  day 0 13:10   the merchant's charge, USD 29.00: declined INSUFFICIENT_FUNDS
  day 0 15:10   mail “your payment failed”, reason INSUFFICIENT_FUNDS
  day 2 13:10   mail “we will try again”, before attempt 2
  day 3 13:10   attempt 2, USD 29.00: refused with REQUEST_AMOUNT_BELOW_MINIMUM, HTTP 422
  day 3 13:10   operator notified: refused_request
  day 4 09:00   attempt 2, USD 29.00: succeeded
  day 4 09:00   mail “thank you”
  day 4 09:00   ended: recovered by attempt, reactivated (subscription.reactivated)
