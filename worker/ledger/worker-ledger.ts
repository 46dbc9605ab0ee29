import type { Client } from "@temporalio/client";
import type { LedgerPort } from "../../activities/ledger/ledger.ts";
import { describeError } from "../../domain/values/own-error.ts";
import type { Instant } from "../../domain/values/time.ts";
import { connectLedger, type LedgerDatabase } from "../../ledger/database/connect.ts";
import { migrateLedger } from "../../ledger/database/migrate.ts";
import { isRefusal } from "../../ledger/database/refusal.ts";
import { replaceRuns } from "../../ledger/database/replace-runs.ts";
import { readLatest } from "../../ledger/history/read-latest.ts";
import { PROVIDER, readRun } from "../../ledger/history/read-run.ts";
import { fillLedger } from "../../ledger/history/rebuild.ts";
import { createLedgerWriter, type LedgerWriter } from "../../ledger/live/ledger-writer.ts";
import { type MadeDecision, rowsOfMade } from "../../ledger/live/live-step.ts";
import { writeDecisions } from "../../ledger/live/write-decisions.ts";
import type { RunKey } from "../../ledger/projection/rows.ts";
import { checkOf } from "../../ledger/verify/check.ts";
import { verifyLedger } from "../../ledger/verify/verify-histories.ts";
import type { Log } from "../../platform/log.ts";
import type { Metrics } from "../../platform/metrics/metrics.ts";
import { pause } from "../pause.ts";

/** The ledger as a worker keeps it. */
export type WorkerLedger = LedgerPort & {
  /** Has what a decision says written, later. Never throws, and nothing waits for it. */
  readonly write: (run: LiveRun, made: MadeDecision) => void;
  /** Writes what waits, for a few seconds at most, and closes the connections. */
  readonly close: () => Promise<void>;
};

export type LiveRun = Omit<RunKey, "provider"> & {
  /** When the run started. */
  readonly startedAt: Instant;
};

export type WorkerLedgerOptions = {
  readonly url: string;
  readonly client: Client;
  readonly taskQueue: string;
  readonly log: Log;
  readonly metrics: Metrics;
};

const CONNECTIONS = 3;
const STATEMENT_TIMEOUT_MS = 20_000;

/** How long a worker that ends goes on writing. What it does not write, the end of the run or the nightly job does. */
const LAST_WRITES_MS = 5_000;

/** The ledger of `DATABASE_URL`. Its tables are made, or brought to this version, in the background. */
export function openWorkerLedger(options: WorkerLedgerOptions): WorkerLedger {
  const { url, client, taskQueue, log } = options;
  const statementTimeoutMs = STATEMENT_TIMEOUT_MS;
  const name = "reprise-worker";
  const db = connectLedger({ url, connections: CONNECTIONS, statementTimeoutMs, name });
  const closing = new AbortController();
  const migrated = migrateInBackground(db, log, closing.signal);
  const writer = createWriter(db, options);
  return {
    write: ({ recoveryId, runId, startedAt }, made) => {
      const run = { provider: PROVIDER, recoveryId, runId, startedAt };
      try {
        writer.add(rowsOfMade(run, made));
      } catch (error) {
        log.error({ event: "ledger_decision_dropped", recoveryId, detail: describeError(error) });
        writer.addGap(run);
      }
    },
    replaceRun: async ({ recoveryId, runId }) => {
      const recorded = await readRun(client, { workflowId: recoveryId, runId });
      if (recorded !== null) await replaceRuns(db, [recorded.rows]);
    },
    fillFromHistories: async () => {
      const { replaced, unchanged, removed } = await fillLedger(db, client, taskQueue);
      return { replaced, unchanged, removed };
    },
    compare: async () => checkOf(await verifyLedger(db, client, taskQueue)),
    close: async () => {
      await writer.stop(LAST_WRITES_MS);
      closing.abort();
      await migrated;
      await db.destroy();
    },
  };
}

const MIGRATION_RETRY_MS = 10_000;

async function migrateInBackground(
  db: LedgerDatabase,
  log: Log,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      await migrateLedger(db);
      log.info({ event: "ledger_ready" }, "the ledger's database has this version's tables");
      return;
    } catch (error) {
      if (signal.aborted) return;
      log.error(
        { event: "ledger_not_ready", detail: describeError(error) },
        "the ledger's database cannot be used yet; recoveries go on, and it is filled later",
      );
      await pause(MIGRATION_RETRY_MS, signal);
    }
  }
}

function createWriter(
  db: LedgerDatabase,
  { client, log, metrics }: WorkerLedgerOptions,
): LedgerWriter {
  const onPending = (value: number): void =>
    metrics.set({ metric: "reprise_ledger_pending", labels: {}, value });
  onPending(0);
  return createLedgerWriter({
    write: async (decisions) => await writeDecisions(db, decisions),
    fill: async ({ recoveryId, runId }) => {
      const recorded = await readLatest(db, client, { workflowId: recoveryId, runId });
      if (recorded !== null) await replaceRuns(db, [recorded.rows]);
    },
    isRefusal,
    onPending,
    onFailure: (error, count) =>
      log.warn(
        { event: "ledger_write_failed", count, detail: describeError(error) },
        "the ledger cannot be written; recoveries go on, and it is tried again",
      ),
    onDropped: ({ recoveryId }, error) =>
      log.error({ event: "ledger_decision_dropped", recoveryId, detail: describeError(error) }),
    onRecovered: () => log.info({ event: "ledger_write_resumed" }, "the ledger is written again"),
    pause,
    monotonicMs: () => performance.now(),
  });
}
