import { Client } from "@temporalio/client";
import type { NativeConnection, WorkerOptions } from "@temporalio/worker";
import { existsSync } from "node:fs";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { traceInterceptor } from "../activities/trace-interceptor.ts";
import { createMailer } from "../activities/mail/mailer.ts";
import type { WorkerConfig } from "../config/worker.ts";
import { createDodo } from "../dodo/adapter/create-dodo.ts";
import type { Alert } from "../domain/state/alert.ts";
import type { Instant } from "../domain/values/time.ts";
import { createLog, type Log } from "../platform/log.ts";
import type { Metrics } from "../platform/metrics/metrics.ts";
import { watchGauges } from "../platform/gauges/watch-gauges.ts";
import { modeWarning } from "../platform/mode-warning.ts";
import { onShutdownSignal } from "../platform/shutdown.ts";
import {
  type ActivityQueue,
  createActivityQueue,
  perSecondOf,
} from "../platform/temporal/activity-queue.ts";
import { createChargingSwitch } from "../platform/temporal/charging-switch.ts";
import {
  connectWithRetries,
  installTemporalRuntime,
  temporalAddressOf,
} from "../platform/temporal/connection.ts";
import { startTracing } from "../platform/traces/start-tracing.ts";
import type { Tracing } from "../platform/traces/tracing.ts";
import { chargeQueueOf } from "../workflows/contract.ts";
import { type AlertAccount, createAccountAlerts } from "./account-alerts.ts";
import { createAllActivities } from "./activities.ts";
import type { WorkflowSource } from "./bundle/workflow-bundle.ts";
import { ensureCustomerRateLimit } from "./customer-rate-limit.ts";
import { createDetachedWorkflows } from "./detached-workflows.ts";
import { ensureLedgerSchedule } from "./schedules/ledger-schedule.ts";
import type { WorkerLedger, WorkerLedgerOptions } from "./ledger/worker-ledger.ts";
import { countRequests } from "./metrics/count-requests.ts";
import { startCounts } from "./metrics/start-counts.ts";
import { checkBusiness } from "./namespace/business.ts";
import { createPaceWatch, watchPace } from "./namespace/fairness.ts";
import { untilFit } from "./namespace/preconditions.ts";
import type { Unfitness } from "./namespace/unfitness.ts";
import { retryUntilDone } from "./retry-until-done.ts";
import { ensureSweepSchedule } from "./schedules/sweep-schedule.ts";
import { watchFailingTasks } from "./namespace/failing-tasks.ts";
import { createWorkers, runWorkers, stopWorkers } from "./workers.ts";

/** Added to a charge's time-out: after both, every charge has ended. */
const GRACE_MARGIN_MS = 15_000;

/** Exit code for a namespace that this worker must not use. @source sysexits.h, EX_CONFIG */
const EXIT_UNFIT = 78;

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
  const tracing = await startTracing(config.tracesEndpoint, "worker");
  const metrics = installTemporalRuntime(log, config.metricsAddress, startCounts);
  const address = temporalAddressOf(env);
  const stopConnecting = new AbortController();
  const graceMs = config.requestTimeoutMs + GRACE_MARGIN_MS;
  let stop = async (): Promise<void> => {
    stopConnecting.abort();
    await Promise.resolve();
  };
  onShutdownSignal(log, graceMs + 10_000, () => stop());

  const connection = await connectWithRetries(address, log, stopConnecting.signal);
  const { namespace } = address;
  const client = new Client({ connection, namespace });
  const unfit = await checkNamespace(client, connection, config, log, stopConnecting.signal);
  if (stopConnecting.signal.aborted) return;
  if (unfit !== null) exitUnfit(unfit, namespace, log);
  const mailer = createMailer(config.smtpUrl, config.emailFrom);
  const charges = createActivityQueue(client, chargeQueueOf(config.taskQueue));
  const charging = createChargingSwitch(charges);
  const { taskQueue, mode, environment } = config;
  const kept = { client, taskQueue, log, metrics };
  const ledger = await openLedger(config.databaseUrl, kept, stopConnecting.signal);
  const { charge, ...others } = createAllActivities(config, {
    client,
    ledger,
    charging,
    mailer,
    log,
    metrics,
    tracing,
    ...clock,
  });
  const activities = { ...others, charge: watchPace(charge, paceWatchOf(charges, log)) };
  const workers = await createWorkers(
    {
      ...config,
      connection,
      namespace,
      workflows: workflowSource(),
      graceMs,
      interceptors: withTraces(clock.interceptors, tracing),
    },
    activities,
  );
  const running = runWorkers(workers);
  const rateLimit = (): Promise<void> => ensureCustomerRateLimit(charges, log);
  const business = checkBusinessOf(client, config, clock, { log, metrics });
  setUp({ rateLimit, business }, log, stopConnecting);
  const alertOperator = alertOf(client, config, clock, { log, metrics });
  watchFailingTasks({ client, taskQueue, alertOperator }, stopConnecting.signal);
  watchGauges({ ...kept, client: () => client, now: Date.now }, stopConnecting.signal);
  stop = async () => {
    stopConnecting.abort();
    stopWorkers(workers);
    await running;
    mailer.close();
    await ledger?.close();
    await connection.close();
    await tracing?.stop();
  };
  const text = modeWarning(mode, environment) ?? "the worker is running";
  log.info({ event: "worker_started", taskQueue, mode, environment }, text);
  await running;
}

/** The ledger of `DATABASE_URL`. The schedule of its nightly check is created in the background. */
async function openLedger(
  url: string | null,
  kept: Omit<WorkerLedgerOptions, "url">,
  signal: AbortSignal,
): Promise<WorkerLedger | null> {
  const { client, taskQueue, log } = kept;
  if (url === null) {
    log.info({ event: "ledger_off" }, "DATABASE_URL is not set: this worker keeps no ledger");
    return null;
  }
  const failure = {
    event: "ledger_schedule_failed",
    message: "the schedule of the ledger's nightly check is not created yet; retrying",
  } as const;
  void retryUntilDone(() => ensureLedgerSchedule(client, taskQueue, log), failure, log, signal);
  // Without a ledger, its packages are not loaded.
  const { openWorkerLedger } = await import("./ledger/worker-ledger.ts");
  return openWorkerLedger({ url, ...kept });
}

function paceWatchOf(charges: ActivityQueue, log: Log): ReturnType<typeof createPaceWatch> {
  const read = async (): Promise<number | null> =>
    perSecondOf((await charges.readRateLimits()).perKey);
  return createPaceWatch(read, log);
}

function withTraces(
  interceptors: WorkerClock["interceptors"],
  tracing: Tracing | null,
): WorkerClock["interceptors"] {
  if (tracing === null) return interceptors;
  return {
    ...interceptors,
    activity: [...(interceptors?.activity ?? []), traceInterceptor(tracing)],
  };
}

/** The workflow bundle of a build, or the module that exports the workflows. */
function workflowSource(): WorkflowSource {
  const bundlePath = fileURLToPath(new URL("../workflow-bundle.js", import.meta.url));
  if (existsSync(bundlePath)) return { bundlePath };
  const index = `../workflows/index${extname(fileURLToPath(import.meta.url))}`;
  return { path: fileURLToPath(new URL(index, import.meta.url)) };
}

async function checkNamespace(
  client: Client,
  { operatorService }: NativeConnection,
  { taskQueue, environment, policy }: WorkerConfig,
  log: Log,
  signal: AbortSignal,
): Promise<Unfitness | null> {
  const ensureSchedule = async (): Promise<string> =>
    await ensureSweepSchedule(client, taskQueue, environment, log);
  const needs = { client, operator: operatorService, environment, policy, ensureSchedule, log };
  return await untilFit(needs, signal);
}

/** Ends the process. The reason is in the log, and on stderr as for an invalid configuration. */
function exitUnfit({ what, text }: Unfitness, namespace: string, log: Log): never {
  log.fatal({ event: "namespace_unfit", what, namespace }, text);
  process.stderr.write(`configuration: TEMPORAL_NAMESPACE: ${text}\n`);
  process.exit(EXIT_UNFIT);
}

function alertOf(
  client: Client,
  config: WorkerConfig,
  { now }: Pick<WorkerClock, "now">,
  { log, metrics }: { readonly log: Log; readonly metrics: Metrics },
): AlertAccount {
  const { report } = createDetachedWorkflows(client, config.taskQueue);
  return createAccountAlerts(config, report, now, metrics, log);
}

/** Finds out the business of the API key. It runs beside the work, because Dodo may not answer. */
function checkBusinessOf(
  client: Client,
  config: WorkerConfig,
  { now, fetch }: WorkerClock,
  { log, metrics }: { readonly log: Log; readonly metrics: Metrics },
): (signal: AbortSignal) => Promise<void> {
  const { taskQueue } = config;
  const dodo = createDodo({ ...config, fetch, now, onRequestEnded: countRequests(metrics) });
  const alertAccount = alertOf(client, config, { now }, { log, metrics });
  const alertOperator = async (alert: Alert): Promise<void> => await alertAccount(alert, false);
  const check = { client, taskQueue, readBusinessId: () => dodo.businessId(), alertOperator, log };
  return async (signal) => await checkBusiness(check, signal);
}

type SetUp = {
  readonly rateLimit: () => Promise<void>;
  readonly business: (signal: AbortSignal) => Promise<void>;
};

/** Creates what is missing in Temporal, in the background. */
function setUp({ rateLimit, business }: SetUp, log: Log, { signal }: AbortController): void {
  const noRateLimit = {
    event: "customer_rate_limit_failed",
    message: "the rate limit per customer is not set yet; retrying",
  } as const;
  void retryUntilDone(rateLimit, noRateLimit, log, signal);
  void business(signal);
}
