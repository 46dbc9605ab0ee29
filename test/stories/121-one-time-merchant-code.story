A one-time payment fails through the merchant's fault

shows
  9.13 A decline that is the merchant's fault causes no mail to the customer

given
  a one-time payment of USD 29.00
  policy
    one_time_payments: notify

when
  day 0 13:10   the customer pays: declined INVALID_REQUEST

then
  day 0 13:10   the customer's payment, USD 29.00: declined INVALID_REQUEST
  day 0 13:10   ended: nothing_to_do (checkout.merchant)
