The subscription is on hold for an unpaid pause settlement, and no payment has failed

shows
  2.6 A hold without a failed payment, such as after an unpaid pause settlement, needs a decision by the operator

given
  an on-demand subscription of USD 29.00, authorized at 13:10

when
  day 0 13:10   Dodo sets the subscription to on_hold for an unpaid pause settlement
  day 3 12:00   the story stops here

then
  day 0 13:21   operator notified: hold_without_payment
  day 3 12:00   the recovery is still open; the subscription is on_hold
