import { Client } from "@temporalio/client";
import type { WorkerOptions } from "@temporalio/worker";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { createMailer } from "../activities/mail/mailer.ts";
import type { WorkerConfig } from "../config/worker.ts";
import type { Instant } from "../domain/values/time.ts";
import { createLog, type Log } from "../platform/log.ts";
import { modeWarning } from "../platform/mode-warning.ts";
import { onShutdownSignal } from "../platform/shutdown.ts";
import { createActivityQueue } from "../platform/temporal/activity-queue.ts";
import { createChargingSwitch } from "../platform/temporal/charging-switch.ts";
import {
  connectWithRetries,
  installTemporalRuntime,
  temporalAddressOf,
} from "../platform/temporal/connection.ts";
import { chargeQueueOf } from "../workflows/contract.ts";
import { createAllActivities } from "./activities.ts";
import { ensureCustomerRateLimit } from "./customer-rate-limit.ts";
import { ensureSweepSchedule } from "./sweep-schedule.ts";
import { retryUntilDone } from "./retry-until-done.ts";
import { createWorkers, runWorkers, stopWorkers } from "./workers.ts";

/** Added to a charge's time-out: after both, every charge has ended. */
const GRACE_MARGIN_MS = 15_000;

/** The worker's clock and `fetch`: the real ones, except when a demo skips time. */
export type WorkerClock = {
  readonly now: () => Instant;
  readonly fetch: typeof globalThis.fetch;
  readonly interceptors?: WorkerOptions["interceptors"] | undefined;
};

/** Runs the worker process until SIGTERM or SIGINT. */
export async function runWorkerProcess(
  env: Readonly<Record<string, string | undefined>>,
  config: WorkerConfig,
  clock: WorkerClock,
): Promise<void> {
  const log = createLog(config.logLevel, "worker");
  installTemporalRuntime(log);
  const address = temporalAddressOf(env);
  const stopConnecting = new AbortController();
  const graceMs = config.requestTimeoutMs + GRACE_MARGIN_MS;
  let stop = async (): Promise<void> => {
    stopConnecting.abort();
    await Promise.resolve();
  };
  onShutdownSignal(log, graceMs + 10_000, () => stop());

  const connection = await connectWithRetries(address, log, stopConnecting.signal);
  const mailer = createMailer(config.smtpUrl, config.emailFrom);
  const client = new Client({ connection, namespace: address.namespace });
  const { namespace } = address;
  const charges = createActivityQueue(client, chargeQueueOf(config.taskQueue));
  const charging = createChargingSwitch(charges);
  const activities = createAllActivities(config, { client, charging, mailer, log, ...clock });
  const workers = await createWorkers(
    {
      ...config,
      connection,
      namespace,
      workflows: workflowSource(),
      graceMs,
      interceptors: clock.interceptors,
    },
    activities,
  );
  const running = runWorkers(workers);
  const schedule = (): Promise<void> => ensureSweepSchedule(client, config.taskQueue, log);
  const rateLimit = (): Promise<void> => ensureCustomerRateLimit(charges, log);
  setUp({ schedule, rateLimit }, log, stopConnecting.signal);
  stop = async () => {
    stopConnecting.abort();
    stopWorkers(workers);
    await running;
    mailer.close();
    await connection.close();
  };
  const { taskQueue, mode, environment } = config;
  const text = modeWarning(mode, environment) ?? "the worker is running";
  log.info({ event: "worker_started", taskQueue, mode, environment }, text);
  await running;
}

/** The workflow bundle of a build, or the folder with its sources. */
function workflowSource(): { readonly bundlePath: string } | { readonly path: string } {
  const bundlePath = fileURLToPath(new URL("../workflow-bundle.js", import.meta.url));
  if (existsSync(bundlePath)) return { bundlePath };
  return { path: fileURLToPath(new URL("../workflows/", import.meta.url)) };
}

type SetUp = { readonly schedule: () => Promise<void>; readonly rateLimit: () => Promise<void> };

/** Creates what is missing in Temporal, in the background. */
function setUp({ schedule, rateLimit }: SetUp, log: Log, signal: AbortSignal): void {
  const noSchedule = {
    event: "schedule_create_failed",
    message: "the sweep has no schedule yet and does not run by itself; retrying",
  };
  const noRateLimit = {
    event: "customer_rate_limit_failed",
    message: "the rate limit per customer is not set yet; retrying",
  };
  void retryUntilDone(schedule, noSchedule, log, signal);
  void retryUntilDone(rateLimit, noRateLimit, log, signal);
}
