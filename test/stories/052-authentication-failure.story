AUTHENTICATION_FAILURE: even the operator cannot charge this card again

shows
  4.9 Dodo's do-not-retry list: AUTHENTICATION_FAILURE, although Dodo's table calls it soft

given
  an on-demand subscription of USD 29.00, authorized at 13:10

when
  day 0 13:10   the merchant charges USD 29.00: declined AUTHENTICATION_FAILURE
  day 1 09:00   the operator charges now
  day 3 09:00   the operator writes off the debt

then
  day 0 13:10   the merchant's charge, USD 29.00: declined AUTHENTICATION_FAILURE
  day 0 13:10   mail “please pay”, number 1, reason AUTHENTICATION_FAILURE
  day 1 09:00   the operator's command is refused: method_blocked
  day 3 09:00   ended: written_off by operator (operator.command)
