A subscription is on hold, and no payment explains why

shows
  10.6 A hold without a recent failed payment is reported to the operator

given
  an on-demand subscription of USD 29.00, authorized at 13:10

when
  day 0 13:00   webhooks stop arriving
  day 0 13:10   Dodo sets the subscription to on_hold
  day 0 14:00   the sweep runs

then
  day 0 14:00   the sweep reports it to the operator and opens nothing (subscriptions_on_hold)
