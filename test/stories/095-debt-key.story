The merchant's invoice numbers separate the debts, and the second one is paid before its turn

shows
  7.11 `debt_key` separates debts without a decision by the operator
  8.8 A queued debt that is paid ends before its turn

given
  an on-demand subscription of USD 29.00, authorized at 13:10
  policy
    debt_key: invoice_id

when
  day 0 13:10   the merchant charges USD 29.00 with metadata invoice_id = in_1: declined INSUFFICIENT_FUNDS
  day 1 09:00   the merchant charges USD 9.00 with metadata invoice_id = in_2: declined INSUFFICIENT_FUNDS
  day 2 09:00   the merchant charges USD 9.00 with metadata invoice_id = in_2: succeeded

then
  day 0 13:10   the merchant's charge, USD 29.00: declined INSUFFICIENT_FUNDS
  day 0 15:10   mail “your payment failed”, reason INSUFFICIENT_FUNDS
  day 1 09:00   the merchant's charge 2, USD 9.00: declined INSUFFICIENT_FUNDS
  day 2 09:00   the merchant's charge 3, USD 9.00: succeeded
  day 2 13:10   mail “we will try again”, before attempt 2
  day 3 13:10   attempt 2, USD 29.00: succeeded
  day 3 13:10   mail “thank you”
  day 3 13:10   ended: recovered by merchant for charge 2 (payment.settles); recovered by attempt, reactivated (subscription.reactivated)
