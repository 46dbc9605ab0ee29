import type { Client } from "@temporalio/client";
import { randomUUID } from "node:crypto";
import { IMPORT_PAGE, type ImportBody, importBodyOf } from "../../../domain/import/body.ts";
import type { ImportOrder, ImportRange, ImportView } from "../../../domain/import/import.ts";
import { nullIfNotFound } from "../../../platform/temporal/null-if-not-found.ts";
import {
  DEBT_IMPORT,
  IMPORT_QUERY,
  importStartOf,
  importStateOf,
  newImportId,
} from "../../../workflows/contract.ts";
import { callTemporal } from "../../temporal/call-temporal.ts";
import { Problem } from "../problem.ts";

export type ImportRequest = Omit<ImportOrder, "importId" | "isVerified">;

export type Imports = {
  /** Resolves with the import's id once Temporal has it. */
  readonly start: (request: ImportRequest) => Promise<string>;
  /** @param offset of the first row, 0-based @throws Problem if there is no such import */
  readonly view: (importId: string, offset: number) => Promise<ImportBody>;
};

/** @param client null until connected */
export function createImports(client: () => Client | null, taskQueue: string): Imports {
  return {
    start: async (request) => {
      const importId = newImportId(randomUUID());
      const start = importStartOf({ ...request, importId, isVerified: true });
      await callTemporal(
        client,
        async (connected) => await connected.workflow.start(DEBT_IMPORT, { ...start, taskQueue }),
      );
      return importId;
    },
    view: async (importId, offset) =>
      await callTemporal(client, async (connected) => await view(connected, importId, offset)),
  };
}

async function view(client: Client, importId: string, offset: number): Promise<ImportBody> {
  const handle = client.workflow.getHandle(importId);
  const found = await nullIfNotFound(handle.describe());
  if (found?.type !== DEBT_IMPORT)
    throw new Problem(404, "no_import", `There is no import ${importId}.`);
  const range: ImportRange = { offset, limit: IMPORT_PAGE };
  const shown = await handle.query<ImportView, [ImportRange]>(IMPORT_QUERY, range);
  return importBodyOf(shown, importStateOf(found.status.name), offset);
}
