Beside an attempt in flight, the merchant's own charge fails and the next one succeeds

shows
  7.12 Two debts and two payments are not too much, and the operator says once which payment is for which debt

given
  an on-demand subscription of USD 29.00, authorized at 13:10

when
  day 0 13:10   the merchant charges USD 29.00: declined INSUFFICIENT_FUNDS
  day 3 15:00   the merchant charges USD 9.00: declined INSUFFICIENT_FUNDS
  day 3 16:00   the merchant charges USD 9.00: succeeded
  day 4 09:00   attempt 2 ends: succeeded
  day 6 09:00   the operator marks the debt as paid

charges by Reprise
  open, status processing

then
  day 0 13:10   the merchant's charge, USD 29.00: declined INSUFFICIENT_FUNDS
  day 0 15:10   mail “your payment failed”, reason INSUFFICIENT_FUNDS
  day 2 13:10   mail “we will try again”, before attempt 2
  day 3 13:10   attempt 2, USD 29.00: open
  day 3 15:00   the merchant's charge 2, USD 9.00: declined INSUFFICIENT_FUNDS
  day 3 15:00   operator notified: second_debt
  day 3 16:00   the merchant's charge 3, USD 9.00: succeeded
  day 3 16:00   operator notified: unattributed_success
  day 4 09:00   attempt 2: succeeded
  day 4 09:00   operator notified: unattributed_success
  day 6 09:00   ended: recovered by attempt, reactivated (subscription.reactivated); recovered by operator for charge 2 (operator.command)
