The merchant collects the debt

shows
  5.12 A payment that the merchant collects ends the recovery as recovered by the merchant
  7.2 `foreign_charges: same_debt` attributes a success elsewhere to this debt

given
  an on-demand subscription of USD 29.00, authorized at 13:10
  policy
    foreign_charges: same_debt

when
  day 0 13:10   the merchant charges USD 29.00: declined INSUFFICIENT_FUNDS
  day 1 09:00   the merchant charges USD 29.00: succeeded

then
  day 0 13:10   the merchant's charge, USD 29.00: declined INSUFFICIENT_FUNDS
  day 0 15:10   mail “your payment failed”, reason INSUFFICIENT_FUNDS
  day 1 09:00   the merchant's charge 2, USD 29.00: succeeded
  day 1 09:00   mail “thank you”
  day 1 09:00   ended: recovered by merchant, reactivated (subscription.reactivated)
