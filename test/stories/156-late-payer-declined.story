The customer wants to pay after the window has ended, and the card is declined

shows
  6.31 A late payer whose card is declined leaves the debt exhausted

given
  an on-demand subscription of USD 29.00, authorized at 13:10

when
  day 0 13:10   the merchant charges USD 29.00: declined INCORRECT_CVC
  day 32 10:00  the customer follows the link in the mail
  day 32 10:05  the customer pays on the payment page: declined INSUFFICIENT_FUNDS

then
  day 0 13:10   the merchant's charge, USD 29.00: declined INCORRECT_CVC
  day 0 13:10   mail “please pay”, number 1, reason INCORRECT_CVC
  day 3 13:10   mail “please pay”, number 2, reason INCORRECT_CVC
  day 7 13:10   mail “please pay”, number 3, reason INCORRECT_CVC
  day 14 13:10  mail “please pay”, number 4, reason INCORRECT_CVC
  day 30 13:10  ended: exhausted by reprise (window.ended)
  day 32 10:00  the customer's payment page, USD 29.00: open
  day 32 10:05  the customer's payment page: declined INSUFFICIENT_FUNDS
  day 33 10:00  ended: exhausted by reprise (late_payment.unpaid)
