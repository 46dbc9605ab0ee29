A decline code is unknown

shows
  4.11 An unknown decline code is not retried

given
  an on-demand subscription of USD 29.00, authorized at 13:10
  policy
    window: 10d
    retry:
      gaps: [3d]
    notices:
      hard: [0s, 3d]

when
  day 0 13:10   the merchant charges USD 29.00: declined QUANTUM_DECLINE

then
  day 0 13:10   the merchant's charge, USD 29.00: declined QUANTUM_DECLINE
  day 0 13:10   operator notified: unknown_code
  day 0 13:10   mail “please pay”, number 1, no reason given
  day 3 13:10   mail “please pay”, number 2, no reason given
  day 10 13:10  ended: exhausted by reprise (window.ended)
