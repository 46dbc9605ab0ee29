A charge in rupees is debited two days later

shows
  3.13 A payment in rupees is in flight for up to 51 hours, and no other charge is sent meanwhile

given
  an on-demand subscription of INR 2900.00, authorized at 13:10

when
  day 0 13:10   the merchant charges INR 2900.00: declined INSUFFICIENT_FUNDS
  day 5 15:10   attempt 2 ends: declined INSUFFICIENT_FUNDS
  day 12 16:00  attempt 3 ends: succeeded

charges by Reprise
  open, status processing
  open, status processing

then
  day 0 13:10   the merchant's charge, INR 2900.00: declined INSUFFICIENT_FUNDS
  day 0 15:10   mail “your payment failed”, reason INSUFFICIENT_FUNDS
  day 2 13:10   mail “we will try again”, before attempt 2
  day 3 13:10   attempt 2, INR 2900.00: open
  day 5 15:10   attempt 2: declined INSUFFICIENT_FUNDS
  day 9 13:10   mail “we will try again”, before attempt 3
  day 10 13:10  attempt 3, INR 2900.00: open
  day 12 16:00  attempt 3: succeeded
  day 12 16:00  mail “thank you”
  day 12 16:00  ended: recovered by attempt, reactivated (subscription.reactivated)
