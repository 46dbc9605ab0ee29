`foreign_charges: new_debt`: another failed charge is recovered after this one

shows
  7.10 `foreign_charges: new_debt` opens a new debt for a failure elsewhere
  8.7 Several debts are queued and recovered one at a time

given
  an on-demand subscription of USD 29.00, authorized at 13:10
  policy
    foreign_charges: new_debt

when
  day 0 13:10   the merchant charges USD 29.00: declined INSUFFICIENT_FUNDS
  day 1 09:00   the merchant charges USD 9.00: declined INSUFFICIENT_FUNDS

charges by Reprise
  declined INSUFFICIENT_FUNDS

then
  day 0 13:10   the merchant's charge, USD 29.00: declined INSUFFICIENT_FUNDS
  day 0 15:10   mail “your payment failed”, reason INSUFFICIENT_FUNDS
  day 1 09:00   the merchant's charge 2, USD 9.00: declined INSUFFICIENT_FUNDS
  day 2 13:10   mail “we will try again”, before attempt 2
  day 3 13:10   attempt 2, USD 29.00: declined INSUFFICIENT_FUNDS
  day 9 13:10   mail “we will try again”, before attempt 3
  day 10 13:10  attempt 3, USD 29.00: succeeded
  day 10 13:10  mail “thank you”
  day 10 15:10  mail “your payment failed” for charge 2, reason INSUFFICIENT_FUNDS
  day 11 13:10  attempt 2 for charge 2, USD 9.00: succeeded
  day 11 13:10  mail “thank you” for charge 2
  day 11 13:10  ended: recovered by attempt, reactivated (subscription.reactivated); recovered by attempt for charge 2, reactivated (subscription.reactivated)
