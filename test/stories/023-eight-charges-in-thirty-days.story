The merchant keeps charging, and the ninth charge in thirty days has to wait

shows
  3.9 A subscription has at most eight charges in thirty days, including the merchant's own

given
  an on-demand subscription of USD 29.00, authorized at 13:10
  policy
    foreign_charges: same_debt
    window: 45d
    retry:
      gaps: [14d, 7d]

when
  day 0 13:10   the merchant charges USD 29.00: declined INSUFFICIENT_FUNDS
  day 1 09:00   the merchant charges USD 29.00: declined INSUFFICIENT_FUNDS
  day 2 09:00   the merchant charges USD 29.00: declined INSUFFICIENT_FUNDS
  day 3 09:00   the merchant charges USD 29.00: declined INSUFFICIENT_FUNDS
  day 4 09:00   the merchant charges USD 29.00: declined INSUFFICIENT_FUNDS
  day 5 09:00   the merchant charges USD 29.00: declined INSUFFICIENT_FUNDS
  day 6 09:00   the merchant charges USD 29.00: declined INSUFFICIENT_FUNDS
  day 7 09:00   the merchant charges USD 29.00: declined INSUFFICIENT_FUNDS

then
  day 0 13:10   the merchant's charge, USD 29.00: declined INSUFFICIENT_FUNDS
  day 0 15:10   mail “your payment failed”, reason INSUFFICIENT_FUNDS
  day 1 09:00   the merchant's charge 2, USD 29.00: declined INSUFFICIENT_FUNDS
  day 2 09:00   the merchant's charge 3, USD 29.00: declined INSUFFICIENT_FUNDS
  day 3 09:00   the merchant's charge 4, USD 29.00: declined INSUFFICIENT_FUNDS
  day 4 09:00   the merchant's charge 5, USD 29.00: declined INSUFFICIENT_FUNDS
  day 5 09:00   the merchant's charge 6, USD 29.00: declined INSUFFICIENT_FUNDS
  day 6 09:00   the merchant's charge 7, USD 29.00: declined INSUFFICIENT_FUNDS
  day 7 09:00   the merchant's charge 8, USD 29.00: declined INSUFFICIENT_FUNDS
  day 13 13:10  mail “we will try again”, before attempt 2
  day 29 13:10  mail “we will try again”, before attempt 2, rescheduled
  day 30 13:10  attempt 2, USD 29.00: succeeded
  day 30 13:10  mail “thank you”
  day 30 13:10  ended: recovered by attempt, reactivated (subscription.reactivated)
