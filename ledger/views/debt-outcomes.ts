import type { View } from "./view.ts";

/**
 * One row a debt. A debt has a row in each run that worked it: the latest one that ended it otherwise than as `nothing_owed` counts,
 * else the latest one.
 */
export const debtOutcomes: View = {
  name: "debt_outcomes",
  meaning:
    "One row a debt, over all runs of its recovery. All other views, the reports and the export rest " +
    "on it. Debts that were worked in shadow mode are left out.",
  columns: {
    provider: "the payment provider, `dodo`",
    recovery_id: "the recovery, which is its workflow id",
    subscription_id: "Dodo's subscription",
    customer_id: "Dodo's customer; empty until Dodo has been read",
    debt_id: "the debt: its first failed payment, or the requested charge",
    product_id: "Dodo's product; empty where it names none",
    brand_id: "empty: this version does not record it",
    segment: "empty: this version has no segments",
    arm: "empty: this version has no experiments",
    currency: "ISO 4217",
    amount_minor: "what was owed, with tax, in the currency's minor unit",
    first_failed_at: "when the first charge failed; of a requested charge, when it was requested",
    opened_at: "when the recovery that first worked it was opened",
    ended_at: "when it ended; empty while it is open",
    outcome: "how it ended: see [RECOVERY.md](RECOVERY.md); empty while it is open",
    cause:
      "who paid it: `attempt`, `link`, `dodo`, `merchant`, `customer` (neither by our link nor by our attempt) or `operator`; empty unless it is paid",
    attempts: "charges whose outcome is known, the failed one included",
    notices: "emails that the mail server took, the thank-you included",
    first_decline_code: "Dodo's code of the first failure; empty where it has none",
    decline_class: "`soft` or `hard`",
    collected_minor: "what was owed, once it is paid; empty otherwise",
    settled_by_payment_id: "the payment that paid it",
    settled_attempt:
      "the number of the attempt that paid it, if an attempt did; the failed charge is 1",
    trigger:
      "what made the charge that failed: `charge` or `renewal`; empty where no payment is known",
    country: "empty: this version does not record it",
    notices_before_settlement:
      "emails that were started before it was paid, and that the mail server took; until then, all of them",
    days_to_recover:
      "from the first failure until Reprise learned of the payment, to four decimal places; empty unless it is paid",
    own_attempts: "attempts that Reprise made after the first charge",
    declined_attempts: "charges that were declined, the failed one included",
    is_requested: "the merchant requested the charge of Reprise",
    is_late: "it was paid after it had ended as `exhausted`, or its customer is paying now",
    is_at_risk:
      "a charge had failed or could not be made, and the amount is known: neither `collected` at once nor `nothing_owed`",
    is_open: "at risk and not ended",
    is_recovered: "at risk and paid before it was given up, by whomever",
    is_recovered_late: "at risk, and paid after it had been given up",
    is_natural:
      "recovered by Dodo, the merchant or the customer, with no email and no attempt of ours before",
    is_lost: "at risk and ended unpaid: `exhausted`, `cancelled` or `written_off`",
    cohort: "the month of the first failure, UTC: `2026-11`",
  },
  query: `
with latest as (
  select distinct on (d.provider, d.recovery_id, d.debt_id)
    d.provider, d.recovery_id, d.debt_id, d.amount_minor, d.currency, d.first_failed_at,
    d.first_decline_code, d.decline_class, d.trigger, d.is_requested, d.is_late, d.outcome,
    d.ended_at, d.ended_by, d.settled_at, d.settled_by_payment_id, d.settled_attempt,
    d.collected_minor, d.attempts, d.own_attempts, d.declined_attempts,
    r.subscription_id, r.customer_id, r.product_id,
    min(r.opened_at) over debt as opened_at,
    sum(d.notices) over debt as notices,
    sum(d.notices_before_settlement) over debt as notices_before_settlement
  from debts d join recoveries r using (provider, recovery_id, run_id)
  where r.mode is distinct from 'shadow'
  window debt as (partition by d.provider, d.recovery_id, d.debt_id)
  order by d.provider, d.recovery_id, d.debt_id,
    (d.outcome is not null and d.outcome <> 'nothing_owed') desc, r.started_at desc, d.run_id desc
), known as (
  select *,
    amount_minor is not null and first_failed_at is not null and coalesce(
      outcome in ('recovered', 'exhausted', 'cancelled', 'written_off'),
      not is_requested or declined_attempts > 0
    ) as is_at_risk
  from latest
)
select provider, recovery_id, subscription_id, customer_id, debt_id, product_id,
  null::text as brand_id, null::text as segment, null::text as arm,
  currency, amount_minor, first_failed_at, opened_at, ended_at, outcome,
  case when outcome in ('recovered', 'collected') then ended_by end as cause,
  attempts, notices, first_decline_code, decline_class, collected_minor, settled_by_payment_id,
  settled_attempt, trigger, null::text as country, notices_before_settlement,
  round((extract(epoch from settled_at - first_failed_at) / 86400)::numeric, 4) as days_to_recover,
  own_attempts, declined_attempts, is_requested, is_late, is_at_risk,
  is_at_risk and outcome is null as is_open,
  is_at_risk and coalesce(outcome = 'recovered', false) and not is_late as is_recovered,
  is_at_risk and coalesce(outcome = 'recovered', false) and is_late as is_recovered_late,
  is_at_risk and coalesce(outcome = 'recovered', false) and not is_late
    and ended_by in ('dodo', 'merchant', 'customer') and notices_before_settlement = 0
    and own_attempts = 0 as is_natural,
  is_at_risk and coalesce(outcome in ('exhausted', 'cancelled', 'written_off'), false) as is_lost,
  to_char(first_failed_at at time zone 'UTC', 'YYYY-MM') as cohort
from known`,
};
