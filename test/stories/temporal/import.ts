import { randomUUID } from "node:crypto";
import type { ImportView } from "../../../domain/import/import.ts";
import { parseSubscriptionId } from "../../../domain/values/ids.ts";
import {
  DEBT_IMPORT,
  IMPORT_QUERY,
  importStartOf,
  newImportId,
} from "../../../workflows/contract.ts";
import { importFact, type ImportFact } from "../transcript/account-facts.ts";
import type { TemporalRun } from "./temporal-run.ts";

/** Imports the subscription, as the operator API does. */
export async function runImport(run: TemporalRun, retry: boolean): Promise<void> {
  const { system, imports, midnight, at } = run;
  const id = parseSubscriptionId(run.subscriptionId);
  if (id === null) throw new Error("not a subscription id");
  const importId = newImportId(randomUUID());
  const order = { importId, subscriptionIds: [id], dryRun: false, retry, by: "anna" };
  const start = { ...importStartOf({ ...order, isVerified: true }), taskQueue: system.taskQueue };
  const handle = await system.client.workflow.start(DEBT_IMPORT, start);
  await handle.result();
  const { rows } = await handle.query<ImportView>(IMPORT_QUERY);
  imports.push(...rows.map((row) => importFact(midnight + at, row)));
}

/** Facts with absolute times. */
export const importFacts = ({ imports }: TemporalRun): readonly ImportFact[] => imports;
