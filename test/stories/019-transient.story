A network timeout is retried one day later

shows
  3.5 After a transient decline the first gap is one day

given
  an on-demand subscription of USD 29.00, authorized at 13:10

when
  day 0 13:10   the merchant charges USD 29.00: declined NETWORK_TIMEOUT

then
  day 0 13:10   the merchant's charge, USD 29.00: declined NETWORK_TIMEOUT
  day 0 15:10   mail “your payment failed”, reason NETWORK_TIMEOUT
  day 1 13:10   attempt 2, USD 29.00: succeeded
  day 1 13:10   mail “thank you”
  day 1 13:10   ended: recovered by attempt, reactivated (subscription.reactivated)
