The subscription is cancelled while its debt is open

shows
  6.4 An immediate cancellation ends the recovery

given
  an on-demand subscription of USD 29.00, authorized at 13:10

when
  day 0 13:10   the merchant charges USD 29.00: declined INSUFFICIENT_FUNDS
  day 1 12:00   the subscription is cancelled immediately

then
  day 0 13:10   the merchant's charge, USD 29.00: declined INSUFFICIENT_FUNDS
  day 0 15:10   mail “your payment failed”, reason INSUFFICIENT_FUNDS
  day 1 12:00   ended: cancelled by dodo (subscription.ended)
