A payment made elsewhere succeeds, and the operator confirms that it paid this debt

shows
  7.1 An unattributed success stops the charging until the operator decides

given
  an on-demand subscription of USD 29.00, authorized at 13:10

when
  day 0 13:10   the merchant charges USD 29.00: declined INSUFFICIENT_FUNDS
  day 1 09:00   the merchant charges USD 29.00: succeeded
  day 6 09:00   the operator marks the debt as paid

then
  day 0 13:10   the merchant's charge, USD 29.00: declined INSUFFICIENT_FUNDS
  day 0 15:10   mail “your payment failed”, reason INSUFFICIENT_FUNDS
  day 1 09:00   the merchant's charge 2, USD 29.00: succeeded
  day 1 09:00   operator notified: unattributed_success
  day 6 09:00   ended: recovered by operator (operator.command)
