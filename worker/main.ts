import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Client } from "@temporalio/client";
import { createActivities } from "../activities/index.ts";
import { createDodo } from "../activities/dodo.ts";
import { createMailer } from "../activities/mailer.ts";
import { readEnv } from "../config/env.ts";
import { orExitWithProblems } from "../config/reader.ts";
import { readWorkerConfig } from "../config/worker.ts";
import { createLog } from "../platform/log.ts";
import { onShutdownSignal } from "../platform/shutdown.ts";
import {
  connectPatiently,
  installTemporalRuntime,
  temporalAddressOf,
} from "../platform/temporal.ts";
import { createEndedDebtsReader } from "./ended-debts.ts";
import { createWorkers, runWorkers } from "./workers.ts";

/** After a charge's own time-out it has ended, one way or another. */
const GRACE_MARGIN_MS = 15_000;

const env = readEnv();
const config = orExitWithProblems(() => readWorkerConfig(env));
const log = createLog(config.logLevel, "worker");
installTemporalRuntime(log);

const address = temporalAddressOf(env);
const stopConnecting = new AbortController();
const graceMs = config.requestTimeoutMs + GRACE_MARGIN_MS;
let stopWorkers = async (): Promise<void> => {
  stopConnecting.abort();
  await Promise.resolve();
};
onShutdownSignal(log, graceMs + 10_000, () => stopWorkers());

const connection = await connectPatiently(address, log, stopConnecting.signal);
const client = new Client({ connection, namespace: address.namespace });
const mailer = createMailer(config.smtpUrl, config.emailFrom);
const activities = createActivities({
  dodo: createDodo({ ...config, fetch: globalThis.fetch }),
  mailer,
  policy: config.policy,
  requestTimeoutMs: config.requestTimeoutMs,
  readEndedDebts: createEndedDebtsReader(client),
  links: { keys: config.linkKeys },
  publicUrl: config.publicUrl,
  operatorEmail: config.operatorEmail,
  log,
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
});

const bundlePath = fileURLToPath(new URL("../workflow-bundle.js", import.meta.url));
const workers = await createWorkers(
  {
    connection,
    namespace: address.namespace,
    taskQueue: config.taskQueue,
    ratePerMinute: config.ratePerMinute,
    workflows: existsSync(bundlePath)
      ? { bundlePath }
      : { path: fileURLToPath(new URL("../workflows/", import.meta.url)) },
    graceMs,
  },
  activities,
);
const running = runWorkers(workers);
stopWorkers = async () => {
  for (const worker of workers) worker.shutdown();
  await running;
  mailer.close();
  await connection.close();
};
log.info({ event: "working", taskQueue: config.taskQueue }, "the worker works");
await running;
