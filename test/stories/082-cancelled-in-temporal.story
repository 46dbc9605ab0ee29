The workflow is cancelled in Temporal

shows
  6.16 A cancellation of the workflow in Temporal is a write-off

given
  an on-demand subscription of USD 29.00, authorized at 13:10

when
  day 0 13:10   the merchant charges USD 29.00: declined MANDATE_INVALID
  day 2 15:00   the operator cancels the workflow in Temporal

then
  day 0 13:10   the merchant's charge, USD 29.00: declined MANDATE_INVALID
  day 0 13:10   mail “please pay”, number 1, reason MANDATE_INVALID
  day 2 15:00   ended: written_off by operator (operator.command)
