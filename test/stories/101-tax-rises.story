The tax rate rises between the failed charge and its retry

shows
  8.6 A payment above the amount owed stops the charging

given
  an on-demand subscription of USD 29.00, authorized at 13:10
  20 % tax is added to the price

when
  day 0 13:10   the merchant charges USD 29.00: declined INSUFFICIENT_FUNDS
  day 2 00:00   the tax rate changes to 25 %
  day 3 14:00   attempt 2 ends: succeeded

charges by Reprise
  open, status processing

then
  day 0 13:10   the merchant's charge, USD 34.80: declined INSUFFICIENT_FUNDS
  day 0 15:10   mail “your payment failed”, reason INSUFFICIENT_FUNDS
  day 2 13:10   mail “we will try again”, before attempt 2
  day 3 13:10   attempt 2, USD 36.25: open
  day 3 13:10   operator notified: overcharged
  day 3 14:00   attempt 2: succeeded
  day 3 14:00   mail “thank you”
  day 3 14:00   ended: recovered by attempt, reactivated (subscription.reactivated)
