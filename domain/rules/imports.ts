import { ours, type RuleRow } from "./rule-row.ts";

/** Rules for debts that an operator imports. They belong to `RULES`. */
export const IMPORT_RULES = {
  "import.confirmed": ours(
    "An operator imports what a subscription owes: read Dodo to find it, at any age up to a year.",
    "a debt from before Reprise has no webhook to come",
  ),
  "import.already_open": ours(
    "The recovery is open already: an import changes nothing.",
    "each debt is opened once",
  ),
  "import.customer_first": ours(
    "An imported debt is older than `max_debt_age`: ask the customer, and charge nothing.",
    "a customer does not expect a charge for an old debt; `retry` of the import allows it",
  ),
} as const satisfies Readonly<Record<string, RuleRow>>;
