import { share, type View, wilson } from "./view.ts";

type Sum = {
  readonly name: string;
  readonly meaning: string;
  readonly flag: string;
  /** A further column that tells the rows apart. */
  readonly by?: readonly [name: string, meaning: string];
};

const COHORT = {
  cohort: "the month of the first failure, UTC",
  currency: "amounts of two currencies are never added",
};

const SUMS: readonly Sum[] = [
  {
    name: "at_risk",
    meaning:
      "Debts of which a charge had failed or could not be made. A requested charge that succeeds at once " +
      "was never at risk; what turned out not to be owed neither.",
    flag: "is_at_risk",
  },
  {
    name: "open_debts",
    meaning: "Debts at risk that have not ended. No rate counts them.",
    flag: "is_open",
  },
  {
    name: "recovered_gross",
    meaning:
      "Debts at risk that were paid before they were given up, by whomever: the widest definition, which most published rates use.",
    flag: "is_recovered",
  },
  {
    name: "recovered_by_cause",
    meaning: "The debts of `recovered_gross` by who paid them.",
    flag: "is_recovered",
    by: ["cause", "`attempt`, `link`, `dodo`, `merchant`, `customer` or `operator`"],
  },
  {
    name: "recovered_naturally",
    meaning:
      "The debts of `recovered_gross` that Dodo, the merchant or the customer paid before Reprise had sent an " +
      "email or made an attempt. They would have come back without it.",
    flag: "is_natural",
  },
  {
    name: "recovered_late",
    meaning:
      "Debts that were paid after they had been given up as `exhausted`. No rate counts them as recovered.",
    flag: "is_recovered_late",
  },
  {
    name: "lost",
    meaning: "Debts at risk that ended unpaid, by how they ended.",
    flag: "is_lost",
    by: ["outcome", "`exhausted`, `cancelled` or `written_off`"],
  },
];

/** How many debts and how much money, for one of the flags of `debt_outcomes`. */
export const sums: readonly View[] = SUMS.map(({ name, meaning, flag, by }) => {
  const keys = ["cohort", "currency", ...(by === undefined ? [] : [by[0]])].join(", ");
  return {
    name,
    meaning,
    columns: {
      ...COHORT,
      ...(by === undefined ? {} : { [by[0]]: by[1] }),
      debts: "how many debts",
      amount_minor: "what was owed",
    },
    query: `
select ${keys}, count(*) as debts, sum(amount_minor) as amount_minor
from debt_outcomes where ${flag} group by ${keys}`,
  };
});

/** Of the debts that have ended: open ones are told apart, and late payments count as not recovered. */
export const RATE_COLUMNS = {
  at_risk: "debts at risk, open ones included",
  open: "debts that have not ended; the rates leave them out",
  recovered: "debts of `recovered_gross`",
  rate: "recovered ÷ (at risk − open), by count",
  rate_low: "the low end of Wilson's 95 % interval for `rate`",
  rate_high: "its high end",
  at_risk_minor: "what the debts at risk owed, open ones included",
  open_minor: "what the open ones owe",
  recovered_minor: "what the recovered ones owed",
  rate_by_money: "recovered ÷ (at risk − open), by money",
};

const CLOSED = "count(*) filter (where is_at_risk and not is_open)";
const RECOVERED = "count(*) filter (where is_recovered)";
const CLOSED_MINOR = "coalesce(sum(amount_minor) filter (where is_at_risk and not is_open), 0)";
const RECOVERED_MINOR = "coalesce(sum(amount_minor) filter (where is_recovered), 0)";

export const RATE_SELECTION = `
  count(*) filter (where is_at_risk) as at_risk,
  count(*) filter (where is_open) as open,
  ${RECOVERED} as recovered,
  ${share(RECOVERED, CLOSED)} as rate,
  ${wilson(RECOVERED, CLOSED).low} as rate_low,
  ${wilson(RECOVERED, CLOSED).high} as rate_high,
  coalesce(sum(amount_minor) filter (where is_at_risk), 0) as at_risk_minor,
  coalesce(sum(amount_minor) filter (where is_open), 0) as open_minor,
  ${RECOVERED_MINOR} as recovered_minor,
  ${share(RECOVERED_MINOR, CLOSED_MINOR)} as rate_by_money`;

const rate: View = {
  name: "recovery_rate",
  meaning:
    "The share of the debts at risk that was recovered, of those that have ended. The rate of a month moves until none of its debts is open.",
  columns: { ...COHORT, ...RATE_COLUMNS },
  query: `
select cohort, currency, ${RATE_SELECTION}
from debt_outcomes where is_at_risk group by cohort, currency`,
};

const DIMENSIONS = [
  ["code", "first_decline_code", "Dodo's code of the first failure"],
  ["class", "decline_class", "`soft` or `hard`"],
  ["trigger", "trigger", "what made the charge that failed"],
  ["product", "product_id", "Dodo's product"],
] as const;

const rateBy = DIMENSIONS.map(([dimension, column, meaning]): View => ({
  name: `recovery_rate_by_${dimension}`,
  meaning: `The same, over all months, by ${meaning.replaceAll("`", "")}.`,
  columns: { [column]: meaning, currency: COHORT.currency, ...RATE_COLUMNS },
  query: `
select ${column}, currency, ${RATE_SELECTION}
from debt_outcomes where is_at_risk group by ${column}, currency`,
}));

export const rates: readonly View[] = [rate, ...rateBy];
