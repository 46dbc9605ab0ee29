Dodo refuses a charge because the subscription has expired

shows
  3.20 SUBSCRIPTION_EXPIRED ends the recovery

given
  an on-demand subscription of USD 29.00, authorized at 13:10

when
  day 0 13:10   the merchant charges USD 29.00: declined INSUFFICIENT_FUNDS

charges by Reprise
  refused with SUBSCRIPTION_EXPIRED, HTTP 422

then
  day 0 13:10   the merchant's charge, USD 29.00: declined INSUFFICIENT_FUNDS
  day 0 15:10   mail “your payment failed”, reason INSUFFICIENT_FUNDS
  day 2 13:10   mail “we will try again”, before attempt 2
  day 3 13:10   attempt 2, USD 29.00: refused with SUBSCRIPTION_EXPIRED, HTTP 422
  day 3 13:10   ended: cancelled by dodo (subscription.ended)
