Authorized at 12:30, so attempts start 40 minutes before their gap is over

shows
  3.3 An attempt may start up to an hour before its gap is over, to keep the time of day

given
  an on-demand subscription of USD 29.00, authorized at 12:30

when
  day 0 13:10   the merchant charges USD 29.00: declined INSUFFICIENT_FUNDS

charges by Reprise
  declined INSUFFICIENT_FUNDS

then
  day 0 13:10   the merchant's charge, USD 29.00: declined INSUFFICIENT_FUNDS
  day 0 15:10   mail “your payment failed”, reason INSUFFICIENT_FUNDS
  day 2 12:30   mail “we will try again”, before attempt 2
  day 3 12:30   attempt 2, USD 29.00: declined INSUFFICIENT_FUNDS
  day 9 12:30   mail “we will try again”, before attempt 3
  day 10 12:30  attempt 3, USD 29.00: succeeded
  day 10 12:30  mail “thank you”
  day 10 12:30  ended: recovered by attempt, reactivated (subscription.reactivated)
