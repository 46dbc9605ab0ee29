The recovery is paused for forty days, and the window ends forty days later

shows
  6.14 The window is suspended while the recovery is paused

given
  an on-demand subscription of USD 29.00, authorized at 13:10

when
  day 0 13:10   the merchant charges USD 29.00: declined REVOCATION_OF_AUTHORIZATION
  day 1 13:10   the operator pauses the recovery
  day 41 13:10  the operator resumes the recovery

then
  day 0 13:10   the merchant's charge, USD 29.00: declined REVOCATION_OF_AUTHORIZATION
  day 0 13:10   mail “please pay”, number 1, reason REVOCATION_OF_AUTHORIZATION
  day 41 13:10  mail “please pay”, number 2, reason REVOCATION_OF_AUTHORIZATION
  day 70 13:10  ended: exhausted by reprise (window.ended)
