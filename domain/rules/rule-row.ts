/**
 * A row of a table of rules: what the rule says, and its source. The source of Dodo's rules is a page of its documentation; the
 * source of our own is the reason for them. docs/RULES.md is generated from these tables.
 */
export type RuleRow = { readonly says: string; readonly source: string };

/** A rule that Dodo's documentation sets. @param page below https://docs.dodopayments.com */
export const dodo = (says: string, page: string): RuleRow => ({ says, source: `Dodo, ${page}` });

/** A rule of our own. */
export const ours = (says: string, why: string): RuleRow => ({ says, source: `Ours: ${why}` });
