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
  connectPatiently,
  installTemporalRuntime,
  temporalAddressOf,
} from "../platform/temporal/connection.ts";
import { chargeQueueOf } from "../workflows/contract.ts";
import { createAllActivities } from "./activities.ts";
import { ensureCustomerPace } from "./customer-pace.ts";
import { ensureSweepSchedule } from "./sweep-schedule.ts";
import { untilDone } from "./until-done.ts";
import { createWorkers, runWorkers, stopWorkers } from "./workers.ts";

/** After a charge's own time-out it has ended, one way or another. */
const GRACE_MARGIN_MS = 15_000;

/** The clock of a worker, and how it reaches Dodo: the wall's, but where a demo skips time. */
export type WorkerClock = {
  readonly now: () => Instant;
  readonly fetch: typeof globalThis.fetch;
  readonly interceptors?: WorkerOptions["interceptors"] | undefined;
};

/** The worker process: runs until it is told to stop. */
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

  const connection = await connectPatiently(address, log, stopConnecting.signal);
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
      workflows: bundledOrNot(),
      graceMs,
      interceptors: clock.interceptors,
    },
    activities,
  );
  const running = runWorkers(workers);
  const schedule = (): Promise<void> => ensureSweepSchedule(client, config.taskQueue, log);
  const pace = (): Promise<void> => ensureCustomerPace(charges, log);
  setUp({ schedule, pace }, log, stopConnecting.signal);
  stop = async () => {
    stopConnecting.abort();
    stopWorkers(workers);
    await running;
    mailer.close();
    await connection.close();
  };
  const { taskQueue, mode, environment } = config;
  const text = modeWarning(mode, environment) ?? "the worker works";
  log.info({ event: "working", taskQueue, mode, environment }, text);
  await running;
}

/** The bundle of a build, or the sources it would be made from. */
function bundledOrNot(): { readonly bundlePath: string } | { readonly path: string } {
  const bundlePath = fileURLToPath(new URL("../workflow-bundle.js", import.meta.url));
  if (existsSync(bundlePath)) return { bundlePath };
  return { path: fileURLToPath(new URL("../workflows/", import.meta.url)) };
}

type SetUp = { readonly schedule: () => Promise<void>; readonly pace: () => Promise<void> };

/** What the worker makes in Temporal where it is absent; it works meanwhile. */
function setUp({ schedule, pace }: SetUp, log: Log, signal: AbortSignal): void {
  const noSchedule = {
    event: "schedule_not_made",
    what: "without its schedule the sweep does not run by itself; it is tried again",
  };
  const noPace = {
    event: "customer_pace_not_set",
    what: "charges of one customer keep the account's pace only; it is tried again",
  };
  void untilDone(schedule, noSchedule, log, signal);
  void untilDone(pace, noPace, log, signal);
}
