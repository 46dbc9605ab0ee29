import type { Verdict } from "../../../dev/model/dodo.ts";
import { DEFAULT_POLICY, type Policy } from "../../../domain/policy.ts";
import type { Command } from "../../../domain/state/command.ts";
import { MINUTE_MS, type Scenario, startScenario } from "../../support/domain/scenario.ts";

const decline = (code: string): Verdict => ({ kind: "decline", code });
export const SOFT = decline("INSUFFICIENT_FUNDS");
export const HARD = decline("STOLEN_CARD");

export const NEW_DEBT: Policy = { ...DEFAULT_POLICY, foreignCharges: "new_debt" };
export const SAME_DEBT: Policy = { ...DEFAULT_POLICY, foreignCharges: "same_debt" };
export const BY_KEY: Policy = { ...DEFAULT_POLICY, debtKey: "invoice_id" };

export const resume = (newDebt = false): Command => ({
  action: "resume",
  by: "anna",
  note: "",
  newDebt,
});

/** A story whose first charge has failed with `INSUFFICIENT_FUNDS`, a minute later. */
export async function failing(
  policy: Policy,
  {
    verdicts = [],
    metadata = {},
  }: { verdicts?: Verdict[]; metadata?: Record<string, string> } = {},
): Promise<Scenario> {
  const played = startScenario({}, policy);
  played.dodo.verdicts.push(...verdicts);
  played.dodo.merchantCharges(SOFT, metadata);
  await played.until(0, MINUTE_MS);
  return played;
}

/** The collected amounts, in order. */
export const collected = ({ dodo }: Scenario): number[] =>
  dodo.succeeded.map(({ totalMinor }) => totalMinor);

/** The ends of all debts, in order. */
export const ends = ({ world }: Scenario): string[] =>
  world.results.flatMap(({ debts }) =>
    debts.map(({ amountMinor, outcome, by }) => `${amountMinor} ${outcome} by ${by}`),
  );

/** The causes of the open questions. */
export const attention = ({ world }: Scenario): string[] =>
  world.recovery?.attention.map(({ cause }) => cause) ?? [];
