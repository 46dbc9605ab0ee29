import { parseSubscriptionId } from "../../../domain/values/ids.ts";
import { importFact, type ImportFact } from "../transcript/account-facts.ts";
import type { ModelRun } from "./model-run.ts";

/** Imports the subscription with the product's own activity. */
export async function runImport(
  { world, dodo, timeline, imports }: ModelRun,
  retry: boolean,
): Promise<void> {
  const subscriptionId = parseSubscriptionId(dodo.subscriptionId);
  if (subscriptionId === null) throw new Error("not a subscription id");
  const at = timeline.now();
  const importId = `import-${imports.length + 1}`;
  const given = { importId, by: "anna", isVerified: true, retry };
  const input = { at, subscriptionId, dryRun: false, import: given };
  imports.push({ at, row: await world.importing().importDebt(input) });
}

export const importFacts = ({ imports }: ModelRun): ImportFact[] =>
  imports.map(({ at, row }) => importFact(at, row));
