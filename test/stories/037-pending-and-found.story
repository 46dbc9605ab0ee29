Dodo reports a pending payment, which is found a minute later and fails

shows
  3.24 After PREVIOUS_PAYMENT_PENDING Reprise finds the pending payment and follows it

given
  an on-demand subscription of USD 29.00, authorized at 13:10
  policy
    foreign_charges: same_debt

when
  day 0 13:10   the merchant charges USD 29.00: declined INSUFFICIENT_FUNDS
  day 3 13:00   webhooks stop arriving
  day 3 13:10   the merchant charges USD 29.00: open, status processing
  day 3 14:00   the merchant's charge ends: declined INSUFFICIENT_FUNDS

charges by Reprise
  refused with PREVIOUS_PAYMENT_PENDING, HTTP 409

then
  day 0 13:10   the merchant's charge, USD 29.00: declined INSUFFICIENT_FUNDS
  day 0 15:10   mail “your payment failed”, reason INSUFFICIENT_FUNDS
  day 2 13:10   mail “we will try again”, before attempt 2
  day 3 13:10   attempt 2, USD 29.00: refused with PREVIOUS_PAYMENT_PENDING, HTTP 409
  day 3 13:10   the merchant's charge 2, USD 29.00: open
  day 3 14:00   the merchant's charge 2: declined INSUFFICIENT_FUNDS
  day 3 14:30   attempt 2, USD 29.00: succeeded
  day 3 14:31   mail “thank you”
  day 3 14:31   ended: recovered by attempt, reactivated (subscription.reactivated)
