/** Waits for a dev server and sets up its namespace: retention and search attributes. */
import { setTimeout as delay } from "node:timers/promises";

import { Connection } from "@temporalio/client";
import { msToTs, optionalTsToMs } from "@temporalio/common/lib/time.js";

import { DAY_MS } from "../../domain/values/time.ts";

const POLL_MS = 25;
const CALL_TIMEOUT_MS = 5_000;

/** @source temporal/api/enums/v1/common.proto, `IndexedValueType`; the package of it has no ESM exports */
const VALUE_TYPES = { Keyword: 2, Int: 3, Datetime: 6 } as const;

export type SearchAttributes = Readonly<Record<string, keyof typeof VALUE_TYPES>>;

export type NamespaceSetUp = {
  readonly address: string;
  readonly namespace: string;
  readonly retentionDays: number;
  readonly searchAttributes: SearchAttributes;
  readonly timeoutMs: number;
  /** Resolves when the server's process has ended: then there is nothing to wait for. */
  readonly ended: Promise<string>;
};

/** Tries until everything holds, because each step can fail while the server starts. @throws with the last reason */
export async function setUpNamespace(setUp: NamespaceSetUp): Promise<void> {
  const deadline = performance.now() + setUp.timeoutMs;
  let endedBy: string | null = null;
  void setUp.ended.then((how) => {
    endedBy = how;
  });
  // The SDK's usual interceptor would retry each call for seconds, past the server's end.
  const connection = Connection.lazy({ address: setUp.address, interceptors: [] });
  try {
    for (;;) {
      const callTimeoutMs = Math.min(CALL_TIMEOUT_MS, deadline - performance.now());
      const missing = await attempt(connection, setUp, callTimeoutMs);
      // Looked at first: where another process took the port, it is that one which answers.
      if (endedBy !== null) throw new Error(`the server ended by itself (${String(endedBy)})`);
      if (missing === null) return;
      if (performance.now() > deadline) {
        throw new Error(`not ready after ${setUp.timeoutMs / 1000} s; last: ${missing}`);
      }
      await delay(POLL_MS);
    }
  } finally {
    await connection.close();
  }
}

/** @returns what does not hold yet, or null */
async function attempt(
  connection: Connection,
  setUp: NamespaceSetUp,
  timeoutMs: number,
): Promise<string | null> {
  try {
    return await connection.withDeadline(Date.now() + timeoutMs, async () => {
      await ensureRetention(connection, setUp);
      return await ensureSearchAttributes(connection, setUp);
    });
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function ensureRetention(connection: Connection, setUp: NamespaceSetUp): Promise<void> {
  const { namespace, retentionDays } = setUp;
  const { config } = await connection.workflowService.describeNamespace({ namespace });
  const wantedMs = retentionDays * DAY_MS;
  if (optionalTsToMs(config?.workflowExecutionRetentionTtl) === wantedMs) return;
  await connection.workflowService.updateNamespace({
    namespace,
    config: { workflowExecutionRetentionTtl: msToTs(wantedMs) },
  });
}

/** An attribute made right after its namespace can fail silently: it counts once it is listed. */
async function ensureSearchAttributes(
  connection: Connection,
  { namespace, searchAttributes }: NamespaceSetUp,
): Promise<string | null> {
  const { operatorService } = connection;
  const { customAttributes } = await operatorService.listSearchAttributes({ namespace });
  const missing = Object.entries(searchAttributes).filter(([name]) => !(name in customAttributes));
  if (missing.length === 0) return null;
  const wanted = missing.map(([name, type]) => [name, VALUE_TYPES[type]] as const);
  await operatorService.addSearchAttributes({
    namespace,
    searchAttributes: Object.fromEntries(wanted),
  });
  return `search attributes not listed: ${missing.map(([name]) => name).join(", ")}`;
}
