A one-time payment fails for a fault of the merchant's

shows
  9.13 For a fault of the merchant's the customer is not troubled

given
  a one-time payment of USD 29.00
  policy
    one_time_payments: notify

when
  day 0 13:10   the customer pays: declined INVALID_REQUEST

then
  day 0 13:10   the customer's payment, USD 29.00: declined INVALID_REQUEST
  day 0 13:10   ended: nothing_to_do (checkout.merchant)
