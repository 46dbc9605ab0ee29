The price includes 20 % tax

shows
  8.2 Tax included in the price is part of what an attempt charges

given
  an on-demand subscription of USD 29.00, authorized at 13:10
  the price includes 20 % tax
  policy
    retry:
      gaps: [4d, 7d]

when
  day 0 13:10   the merchant charges USD 29.00: declined LIMIT_EXCEEDED

then
  day 0 13:10   the merchant's charge, USD 29.00: declined LIMIT_EXCEEDED
  day 0 15:10   mail “your payment failed”, reason LIMIT_EXCEEDED
  day 3 13:10   mail “we will try again”, before attempt 2
  day 4 13:10   attempt 2, USD 29.00: succeeded
  day 4 13:10   mail “thank you”
  day 4 13:10   ended: recovered by attempt, reactivated (subscription.reactivated)
