/** Runs the Temporal dev server on this machine, with the namespace and settings that Reprise needs. */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { startProcess, tailOf } from "../process/child-process.ts";
import { expectFree, freePort } from "../process/ports.ts";
import type { TemporalCli } from "./cli.ts";
import { setUpNamespace } from "./namespace.ts";

export type TemporalServer = {
  readonly address: string;
  /** Null without the Web UI. */
  readonly uiUrl: string | null;
  readonly namespace: string;
  readonly pid: number;
  /** Resolves when the server has exited, with its exit code and signal as text; also after `stop`. */
  readonly ended: Promise<string>;
  /** Stops the server and waits until it has exited. May be called more than once. */
  stop(): Promise<void>;
};

export type TemporalServerOptions = {
  readonly cli: TemporalCli;
  /** Absent: a free port. */
  readonly port?: number;
  /** Port of the Web UI. Absent: no Web UI. */
  readonly uiPort?: number | "free";
  /** Port of the server's `/metrics`. Absent: one that `start-dev` chooses. */
  readonly metricsPort?: number;
  /** Absent: in memory. */
  readonly dbFilename?: string;
  readonly namespace?: string;
  /** Lets `skip-time.ts` move the clock of single workflows. */
  readonly timeSkipping: boolean;
  /** Dynamic configuration of the server beside our own, by key. */
  readonly dynamicConfig?: Readonly<Record<string, unknown>>;
  /** How long closed workflows are kept. The default of `start-dev` is one day. */
  readonly retentionDays?: number;
  /** Absent: a temporary file that `stop` removes. */
  readonly logFile?: string;
  readonly readyTimeoutMs?: number;
};

const IP = "127.0.0.1";
/** The first start migrates the database. A slow machine may be busy with other things. */
const READY_TIMEOUT_MS = 120_000;
const RETENTION_DAYS = 60;
const START_ATTEMPTS_MAX = 3;

/** @source docs/ARCHITECTURE.md, "Names in Temporal" */
export const SEARCH_ATTRIBUTES = {
  RecoveryState: "Keyword",
  RecoveryOutcome: "Keyword",
  DeclineCode: "Keyword",
  DeclineClass: "Keyword",
  CustomerId: "Keyword",
  Currency: "Keyword",
  NextAttemptAt: "Datetime",
  AmountDue: "Int",
  StateSince: "Datetime",
  ChargeUnknownSince: "Datetime",
} as const;

/**
 * Starts the server. Returns once its namespace answers and has its retention and search attributes.
 *
 * @throws if a given port is in use; if the server is not ready in time, with the end of its log
 */
export async function startTemporal(options: TemporalServerOptions): Promise<TemporalServer> {
  if (options.port !== undefined) await expectFree(IP, options.port, "Temporal");
  if (typeof options.uiPort === "number") {
    await expectFree(IP, options.uiPort, "The Temporal Web UI");
  }
  if (options.dbFilename !== undefined) mkdirSync(dirname(options.dbFilename), { recursive: true });

  for (let attempt = 1; ; attempt += 1) {
    try {
      return await startOnce(options);
    } catch (error) {
      // Another process may have taken a port that was free a moment ago: ours, or one that start-dev chose.
      const isRace = error instanceof NotReadyError && /address already in use/.test(error.log);
      if (!isRace || attempt === START_ATTEMPTS_MAX) throw error;
    }
  }
}

async function startOnce(options: TemporalServerOptions): Promise<TemporalServer> {
  const { cli, namespace = "default", retentionDays = RETENTION_DAYS } = options;
  const port = options.port ?? (await freePort(IP));
  const uiPort = options.uiPort === "free" ? await freePort(IP) : options.uiPort;
  const temporary = options.logFile === undefined ? mkdtempSync(join(tmpdir(), "reprise-")) : null;
  const logFile = options.logFile ?? join(temporary ?? "", "temporal.log");
  const address = `${IP}:${port}`;

  // The server gets none of our environment: TEMPORAL_* variables are meant for clients.
  const args = serverArgs(options, { namespace, port, uiPort });
  const server = startProcess({ command: cli.path, args, logFile });
  async function stop(): Promise<void> {
    await server.stop();
    if (temporary !== null) rmSync(temporary, { recursive: true, force: true });
  }
  try {
    await setUpNamespace({
      address,
      namespace,
      retentionDays,
      searchAttributes: SEARCH_ATTRIBUTES,
      timeoutMs: options.readyTimeoutMs ?? READY_TIMEOUT_MS,
      ended: server.ended,
    });
  } catch (error) {
    const tail = tailOf(logFile);
    await stop();
    throw new NotReadyError(cli, address, error, tail);
  }
  const uiUrl = uiPort === undefined ? null : `http://${IP}:${uiPort}`;
  return { address, uiUrl, namespace, pid: server.pid, ended: server.ended, stop };
}

class NotReadyError extends Error {
  override readonly name = "NotReadyError";
  /** The end of the server's log. */
  readonly log: string;

  constructor(cli: TemporalCli, address: string, cause: unknown, log: string) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(
      `Temporal ${cli.version} (${cli.path}) did not become ready on ${address}: ${reason}\n` +
        `The end of its log:\n${log}`,
      { cause },
    );
    this.log = log;
  }
}

function serverArgs(
  options: TemporalServerOptions,
  { namespace, port, uiPort }: { namespace: string; port: number; uiPort: number | undefined },
): string[] {
  const { dbFilename, timeSkipping } = options;
  const args = ["server", "start-dev", "--ip", IP, "--port", String(port)];
  args.push("--namespace", namespace, "--log-level", "warn", "--color", "never");
  args.push("--disable-config-file", "--disable-config-env");
  if (uiPort === undefined) args.push("--headless");
  else args.push("--ui-port", String(uiPort), "--ui-disable-news-fetch");
  if (options.metricsPort !== undefined) args.push("--metrics-port", String(options.metricsPort));
  // A recovery is about money: what Temporal has accepted must survive a power failure.
  if (dbFilename !== undefined) {
    args.push("--db-filename", dbFilename, "--sqlite-pragma", "synchronous=full");
  }
  for (const [name, type] of Object.entries(SEARCH_ATTRIBUTES)) {
    args.push("--search-attribute", `${name}=${type}`);
  }
  const settings = { ...dynamicConfig(timeSkipping), ...options.dynamicConfig };
  for (const [key, value] of Object.entries(settings)) {
    args.push("--dynamic-config-value", `${key}=${JSON.stringify(value)}`);
  }
  return args;
}

function dynamicConfig(timeSkipping: boolean): Readonly<Record<string, unknown>> {
  return {
    "matching.enableFairness": true,
    // A rate limit is divided among partitions, so one partition keeps it exact.
    // @source docs/TEMPORAL.md, "Rate limits and fairness"
    "matching.numTaskqueueReadPartitions": 1,
    "matching.numTaskqueueWritePartitions": 1,
    // By default each queue is polled at most 20 times a second, so that a timer or a task that follows another one
    // waits 50 to 200 ms. With these values it waits 10 ms. Measured on server 1.32.
    "history.timerProcessorMaxPollRPS": 1000,
    "history.transferProcessorMaxPollRPS": 1000,
    "history.visibilityProcessorMaxPollRPS": 1000,
    ...(timeSkipping && {
      // Server 1.32 has the first name, later versions have the second.
      "frontend.WorkflowTimeSkippingEnabled": true,
      "system.workflowTimeSkippingEnabled": true,
      // With the default every skip takes a second. @source docs/TEMPORAL.md, "Time skipping"
      "history.timerProcessorMaxTimeShift": "5ms",
    }),
  };
}
