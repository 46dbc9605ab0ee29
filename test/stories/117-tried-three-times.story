The customer tries three times

shows
  9.9 Several payments in a row cause one mail, about the latest
  9.2 The customer receives a mail one hour after a declined one-time payment, and one more within its first day

given
  a one-time payment of USD 29.00
  policy
    one_time_payments: notify

when
  day 0 13:10   the customer pays: declined INSUFFICIENT_FUNDS
  day 0 13:14   the customer pays: declined EXPIRED_CARD
  day 0 13:21   the customer pays: declined INSUFFICIENT_FUNDS

then
  day 0 13:10   the customer's payment, USD 29.00: declined INSUFFICIENT_FUNDS
  day 0 13:14   the customer's payment 2, USD 29.00: declined EXPIRED_CARD
  day 0 13:21   the customer's payment 3, USD 29.00: declined INSUFFICIENT_FUNDS
  day 0 14:10   ended: nothing_to_do (checkout.superseded)
  day 0 14:14   ended: nothing_to_do for payment 2 (checkout.superseded)
  day 0 14:21   mail “your payment did not go through” for payment 3, number 1, reason INSUFFICIENT_FUNDS
  day 1 09:21   mail “your payment did not go through” for payment 3, number 2, reason INSUFFICIENT_FUNDS
  day 2 09:21   ended: unpaid for payment 3 (checkout.unpaid)
