The customer cancels for the next billing date

shows
  6.5 A cancellation for the next billing date asks the customer to act, and ends the recovery on that date
  3.18 CHARGE_NOT_ALLOWED_FOR_SCHEDULED_CANCELLATION asks the customer to act

given
  an on-demand subscription of USD 29.00, authorized at 13:10

when
  day 0 13:10   the merchant charges USD 29.00: declined INSUFFICIENT_FUNDS
  day 1 12:00   the customer schedules a cancellation for the next billing date
  day 12 00:00  the next billing date arrives

then
  day 0 13:10   the merchant's charge, USD 29.00: declined INSUFFICIENT_FUNDS
  day 0 15:10   mail “your payment failed”, reason INSUFFICIENT_FUNDS
  day 1 12:00   mail “please pay”, number 1, reason INSUFFICIENT_FUNDS
  day 4 12:00   mail “please pay”, number 2, reason INSUFFICIENT_FUNDS
  day 8 12:00   mail “please pay”, number 3, reason INSUFFICIENT_FUNDS
  day 12 00:00  ended: cancelled by dodo (subscription.ended)
