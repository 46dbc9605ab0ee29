The answer to a charge is lost, and the payment was made

shows
  3.26 After a lost answer no charge is sent until the payment is found

given
  an on-demand subscription of USD 29.00, authorized at 13:10

when
  day 0 13:10   the merchant charges USD 29.00: declined INSUFFICIENT_FUNDS
  day 3 13:00   webhooks stop arriving

charges by Reprise
  no answer, but the payment is made

then
  day 0 13:10   the merchant's charge, USD 29.00: declined INSUFFICIENT_FUNDS
  day 0 15:10   mail “your payment failed”, reason INSUFFICIENT_FUNDS
  day 2 13:10   mail “we will try again”, before attempt 2
  day 3 13:10   attempt 2, USD 29.00, no answer: succeeded
  day 3 13:11   mail “thank you”
  day 3 13:11   ended: recovered by attempt, reactivated (subscription.reactivated)
