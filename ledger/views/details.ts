import { share, type View, wilson } from "./view.ts";

/** The attempts of each debt, as the run of `debt_outcomes` has them. */
const attemptSuccess: View = {
  name: "attempt_success",
  meaning:
    "How often the second, third and later attempts of Reprise succeed. The first is the charge that " +
    "failed. Attempts whose outcome is unknown are not among them.",
  columns: {
    number: "the number of the attempt in its debt",
    currency: "of the debt",
    attempts: "attempts that Reprise made, and whose outcome is known",
    succeeded: "those that paid their debt",
    rate: "succeeded ÷ attempts",
    rate_low: "the low end of Wilson's 95 % interval for `rate`",
    rate_high: "its high end",
  },
  query: `
with own as (
  select distinct on (a.provider, a.recovery_id, a.debt_id, a.payment_id)
    a.number, a.result, d.currency
  from attempts a
  join debts d using (provider, recovery_id, run_id, debt_id)
  join recoveries r using (provider, recovery_id, run_id)
  where a.result in ('declined', 'succeeded') and a.trigger not in ('renewal', 'charge')
    and r.mode is distinct from 'shadow'
  order by a.provider, a.recovery_id, a.debt_id, a.payment_id, r.started_at desc, a.run_id desc
)
select number, currency, count(*) as attempts,
  count(*) filter (where result = 'succeeded') as succeeded,
  ${share("count(*) filter (where result = 'succeeded')", "count(*)")} as rate,
  ${wilson("count(*) filter (where result = 'succeeded')", "count(*)").low} as rate_low,
  ${wilson("count(*) filter (where result = 'succeeded')", "count(*)").high} as rate_high
from own group by number, currency`,
};

const quantile = (fraction: string): string =>
  `round(percentile_cont(${fraction}) within group (order by days_to_recover)::numeric, 4)`;

const daysToRecover: View = {
  name: "days_to_recover",
  meaning: "How long it takes until a debt of `recovered_gross` is paid, from its first failure.",
  columns: {
    cohort: "the month of the first failure, UTC",
    currency: "of the debt",
    debts: "recovered debts",
    median_days: "half of them were paid within so many days",
    p90_days: "nine of ten were paid within so many days",
  },
  query: `
select cohort, currency, count(*) as debts,
  ${quantile("0.5")} as median_days, ${quantile("0.9")} as p90_days
from debt_outcomes where is_recovered group by cohort, currency`,
};

const effort: View = {
  name: "recovery_effort",
  meaning:
    "What the debts at risk took, and what a recovered one took: attempts of Reprise and emails.",
  columns: {
    cohort: "the month of the first failure, UTC",
    currency: "of the debt",
    debts: "debts at risk",
    recovered: "recovered debts",
    attempts: "attempts that Reprise made for all of them",
    notices: "emails that the mail server took, about all of them",
    attempts_per_recovery: "attempts ÷ recovered debts",
    notices_per_recovery: "emails ÷ recovered debts",
  },
  query: `
select cohort, currency, count(*) as debts, count(*) filter (where is_recovered) as recovered,
  sum(own_attempts) as attempts, sum(notices) as notices,
  ${share("sum(own_attempts)", "count(*) filter (where is_recovered)")} as attempts_per_recovery,
  ${share("sum(notices)", "count(*) filter (where is_recovered)")} as notices_per_recovery
from debt_outcomes where is_at_risk group by cohort, currency`,
};

export const details: readonly View[] = [attemptSuccess, daysToRecover, effort];
