A payment of the merchant is open on the day of an attempt

shows
  3.30 No attempt starts while another payment of the subscription is open

given
  an on-demand subscription of USD 29.00, authorized at 13:10
  policy
    foreign_charges: same_debt

when
  day 0 13:10   the merchant charges USD 29.00: declined INSUFFICIENT_FUNDS
  day 3 09:00   the merchant charges USD 29.00: open, status processing
  day 4 09:00   the merchant's charge ends: declined INSUFFICIENT_FUNDS

then
  day 0 13:10   the merchant's charge, USD 29.00: declined INSUFFICIENT_FUNDS
  day 0 15:10   mail “your payment failed”, reason INSUFFICIENT_FUNDS
  day 2 13:10   mail “we will try again”, before attempt 2
  day 3 09:00   the merchant's charge 2, USD 29.00: open
  day 4 09:00   the merchant's charge 2: declined INSUFFICIENT_FUNDS
  day 5 13:10   mail “we will try again”, before attempt 2, rescheduled
  day 6 13:10   attempt 2, USD 29.00: succeeded
  day 6 13:10   mail “thank you”
  day 6 13:10   ended: recovered by attempt, reactivated (subscription.reactivated)
