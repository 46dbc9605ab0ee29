/** Waits until a dev server answers and sets up its namespace: retention and search attributes. */
import { setTimeout as delay } from "node:timers/promises";

import { Connection } from "@temporalio/client";
import { msToTs, optionalTsToMs } from "@temporalio/common/lib/time.js";

import { DAY_MS } from "../../domain/values/time.ts";

const POLL_MS = 25;
const CALL_TIMEOUT_MS = 5_000;

/**
 * Copied here, because the package that has the enum has no ESM exports.
 * @source https://github.com/temporalio/api, temporal/api/enums/v1/common.proto, `IndexedValueType`
 */
const VALUE_TYPES = { Keyword: 2, Int: 3, Datetime: 6 } as const;

export type SearchAttributes = Readonly<Record<string, keyof typeof VALUE_TYPES>>;

export type NamespaceSetUp = {
  readonly address: string;
  readonly namespace: string;
  readonly retentionDays: number;
  readonly searchAttributes: SearchAttributes;
  readonly timeoutMs: number;
  /** Resolves when the server's process has ended: the set-up then fails at once. */
  readonly ended: Promise<string>;
};

/** Repeats all steps until they succeed, because each can fail while the server starts. @throws with the last reason */
export async function setUpNamespace(setUp: NamespaceSetUp): Promise<void> {
  const deadline = performance.now() + setUp.timeoutMs;
  let endedBy: string | null = null;
  void setUp.ended.then((how) => {
    endedBy = how;
  });
  // Without the SDK's retry interceptor, which would go on for seconds after the server has ended.
  const connection = Connection.lazy({ address: setUp.address, interceptors: [] });
  try {
    for (;;) {
      const callTimeoutMs = Math.min(CALL_TIMEOUT_MS, deadline - performance.now());
      const missing = await attempt(connection, setUp, callTimeoutMs);
      // Checked first: if another process has taken the port, its answer must not count as success.
      if (endedBy !== null) throw new Error(`the server exited (${String(endedBy)})`);
      if (missing === null) return;
      if (performance.now() > deadline) {
        throw new Error(`not ready after ${setUp.timeoutMs / 1000} s; last problem: ${missing}`);
      }
      await delay(POLL_MS);
    }
  } finally {
    await connection.close();
  }
}

/** @returns what is still missing, or null */
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

/** Creating an attribute right after its namespace can fail silently, so an attribute counts only once it is listed. */
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
