import { DodoError } from "../../dodo/port.ts";
import type { ImportRow } from "../../domain/import/import.ts";
import { parseSubscriptionId } from "../../domain/values/ids.ts";
import { MINUTE_MS } from "../../domain/values/time.ts";
import { DAY_0 } from "../model/story-day.ts";
import type { SimulationRun } from "./simulation-run.ts";

/** Whether the import is still to come, so that no webhook arrives. */
export function isBeforeImport({ plan, timeline }: SimulationRun): boolean {
  return plan.imported !== undefined && timeline.now() < DAY_0 + plan.imported.afterMs;
}

/** Imports the subscription, with the product's own activity; repeats it as long as Dodo cannot be read. */
export async function importSubscription(run: SimulationRun): Promise<void> {
  const { plan, world, dodo, timeline, tally, imports } = run;
  const subscriptionId = parseSubscriptionId(dodo.subscriptionId);
  if (plan.imported === undefined || subscriptionId === null) return;
  const { retry } = plan.imported;
  const importId = `import-${imports.length + 1}`;
  const given = { importId, by: "anna", isVerified: true, retry };
  for (;;) {
    try {
      const input = { at: timeline.now(), subscriptionId, dryRun: false, import: given };
      const row: ImportRow = await world.importing().importDebt(input);
      imports.push({ at: timeline.now(), row });
      tally.count(row.did === "opened" ? "import_opens" : "import_leaves_out");
      return;
    } catch (error) {
      if (!(error instanceof DodoError)) throw error;
      await timeline.pass(MINUTE_MS);
    }
  }
}

/** Imports now, beside all else that happens. */
export function startImport(run: SimulationRun): void {
  importSubscription(run).catch((error: unknown) => run.world.errors.push(error));
}
