import { randomUUID } from "node:crypto";
import type { Env } from "../../config/env.ts";
import { IMPORT_PAGE, importBodyOf } from "../../domain/import/body.ts";
import type { ImportRange, ImportView } from "../../domain/import/import.ts";
import { parseSubscriptionId } from "../../domain/values/ids.ts";
import { nullIfNotFound } from "../../platform/temporal/null-if-not-found.ts";
import {
  DEBT_IMPORT,
  IMPORT_QUERY,
  importStartOf,
  importStateOf,
  newImportId,
} from "../../workflows/contract.ts";
import type { ImportCall, ImportPort } from "../gateway/imports.ts";
import { Failure } from "../run/failure.ts";
import { withTemporal } from "./temporal-client.ts";

/**
 * Imports past the operator API. The record says that nothing has checked the name.
 * @throws Failure if Temporal does not answer
 */
export async function withImportsOfTemporal<T>(
  env: Env,
  by: string,
  work: (port: ImportPort) => Promise<T>,
): Promise<T> {
  return await withTemporal(env, "a worker", async (client, taskQueue) => {
    const port: ImportPort = {
      start: async (call) => {
        const importId = newImportId(randomUUID());
        const start = importStartOf({ ...orderOf(call), importId, by, isVerified: false });
        await client.workflow.start(DEBT_IMPORT, { ...start, taskQueue });
        return importId;
      },
      view: async (importId, cursor) => {
        const handle = client.workflow.getHandle(importId);
        const found = await nullIfNotFound(handle.describe());
        if (found?.type !== DEBT_IMPORT)
          throw new Failure("refused", `There is no import ${importId}.`);
        const offset = Number(cursor);
        const range: ImportRange = { offset, limit: IMPORT_PAGE };
        const view = await handle.query<ImportView, [ImportRange]>(IMPORT_QUERY, range);
        return importBodyOf(view, importStateOf(found.status.name), offset);
      },
    };
    return await work(port);
  });
}

function orderOf({ subscription_ids: ids, dry_run: dryRun, retry }: ImportCall) {
  const subscriptionIds =
    ids === undefined ? null : ids.map(parseSubscriptionId).filter((id) => id !== null);
  return { subscriptionIds, dryRun, retry };
}
