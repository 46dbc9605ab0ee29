import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { type Env, readEnvOver } from "../../config/env.ts";
import { type GatewayConfig, readGatewayConfig } from "../../config/gateway.ts";
import { ConfigError, EXIT_CONFIG, orExitWithProblems } from "../../config/reader.ts";
import { readWorkerConfig, type WorkerConfig } from "../../config/worker.ts";
import { modeWarning } from "../../platform/mode-warning.ts";
import {
  type Service,
  ServiceEndedError,
  startService,
  untilLogged,
} from "../local-stack/services.ts";
import { tailOf } from "../process/child-process.ts";
import { startLocalLedger } from "../postgres/local-ledger.ts";
import { type Cleanup, createCleanup, onInterrupt } from "../process/cleanup.ts";
import { readOptions } from "../process/options.ts";
import { expectFree, freePort } from "../process/ports.ts";
import { findTemporalCli } from "../temporal/cli.ts";
import { prepareTemporalData, writeWhole } from "../temporal/data.ts";
import { startTemporal, type TemporalServer } from "../temporal/server.ts";
import { webUiLists } from "../../cli/text/web-ui-lists.ts";
import { recoveriesUrl } from "../temporal/web-ui.ts";
import { expectRoom, watchDisk } from "./disk.ts";
import { checkMailServer } from "./mail-check.ts";
import { checkDodo } from "./start-check.ts";

/**
 * `npm start`: all of Reprise on one machine, against the real Dodo. Temporal keeps its state in a file under `data/`,
 * so that recoveries continue after a restart.
 */
const HOST = "127.0.0.1";
const TEMPORAL_PORT = 7233;
const WEB_UI_PORT = 8233;

/** The worker waits for a charge under way before it stops. */
const STOP_TIMEOUT_MS = 100_000;

const USAGE = `npm start -- [--settings .env] [--data data] [--free-ports]
  --settings     the file with the variables
  --data         the folder of Temporal's state, the ledger, the logs and the key of customers' links
  --free-ports   any free ports for Temporal and its Web UI`;

const { values } = readOptions(USAGE, {
  settings: { type: "string", default: ".env" },
  data: { type: "string", default: "data" },
  "free-ports": { type: "boolean", default: false },
});

const cleanup = createCleanup();
const interrupted = onInterrupt(cleanup, "Stopping. A charge under way is completed first …").then(
  () => {
    console.log("Stopped. Recoveries continue at the next start.");
    process.exit(0);
  },
);
try {
  await start(envOrExit(values.settings), resolve(values.data), values["free-ports"]);
  await interrupted;
} catch (error) {
  if (cleanup.isRunning()) await interrupted;
  console.error(
    `Reprise could not start: ${error instanceof Error ? error.message : String(error)}`,
  );
  await cleanup.run();
  process.exit(error instanceof ServiceEndedError && error.isConfiguration ? EXIT_CONFIG : 1);
}

function envOrExit(path: string): Env {
  const env = readEnvOver(path);
  if (env !== null) return env;
  console.error(
    `There is no file ${path}. Copy .env.example to ${path}, fill in the variables that are not commented out, and start again.`,
  );
  process.exit(EXIT_CONFIG);
}

async function start(given: Env, data: string, freePorts: boolean): Promise<void> {
  mkdirSync(data, { recursive: true, mode: 0o700 });
  await expectRoom(data);
  const env = withLinkKey(given, data);
  const { worker, gateway } = orExitWithProblems(() => readBothConfigs(env));
  await expectFree(gateway.host, gateway.port, "The gateway (PORT)");
  const dodoProblem = await checkOrExit(worker);
  const temporal = await openTemporal(env, data, freePorts, cleanup);
  const services = await startBoth(await withLedger(env, data), temporal, data, cleanup);
  const problems = [dodoProblem, await checkMailServer(worker.smtpUrl)];
  printReady(
    worker,
    gateway,
    temporal,
    data,
    problems.filter((text) => text !== null),
  );
  const disk = watchDisk(data, console.error);
  cleanup.add(disk.stop);
  stopAllWhenOneExits(
    [{ ended: temporal.ended, logFile: temporalLogOf(data) }, ...services],
    cleanup,
  );
}

/** Collects the problems of both processes, so that one start names everything that is missing. */
function readBothConfigs(env: Env): { worker: WorkerConfig; gateway: GatewayConfig } {
  const problems = new Set<string>();
  const collect = <T>(read: (env: Env) => T): T | null => {
    try {
      return read(env);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      for (const problem of error.problems) problems.add(problem);
      return null;
    }
  };
  const worker = collect(readWorkerConfig);
  const gateway = collect(readGatewayConfig);
  if (worker === null || gateway === null) throw new ConfigError([...problems]);
  return { worker, gateway };
}

/** Without a key for links in the settings, the first start creates one and keeps it: links must survive a restart. */
function withLinkKey(env: Env, data: string): Env {
  if ((env["LINK_SIGNING_KEYS"] ?? "") !== "") return env;
  const path = join(data, "link-signing-key");
  if (!existsSync(path)) writeWhole(path, randomBytes(32).toString("base64"), 0o600);
  return { ...env, LINK_SIGNING_KEYS: readFileSync(path, "utf8").trim() };
}

/** Without a database in the settings, PostgreSQL runs beside it, with its data in the same folder. */
async function withLedger(env: Env, data: string): Promise<Env> {
  if ((env["DATABASE_URL"] ?? "") !== "") return env;
  const url = await startLocalLedger({ folder: data, durable: true, cleanup, print: console.log });
  return url === null ? env : { ...env, DATABASE_URL: url };
}

/** @returns why Dodo was not reached; null if it was. Exits if only another configuration helps. */
async function checkOrExit(config: WorkerConfig): Promise<string | null> {
  const problem = await checkDodo(config);
  if (problem?.isFatal === true) {
    console.error(problem.text);
    process.exit(EXIT_CONFIG);
  }
  return problem?.text ?? null;
}

function temporalLogOf(data: string): string {
  return join(data, "logs", "temporal.log");
}

async function openTemporal(
  env: Env,
  data: string,
  freePorts: boolean,
  cleanup: Cleanup,
): Promise<TemporalServer> {
  const cli = await findTemporalCli({ env, print: console.log });
  const { dbFilename, copiedTo } = prepareTemporalData(data, cli.version, new Date());
  if (copiedTo !== null)
    console.log(
      `Temporal is newer than at the last start. Its database was copied to ${copiedTo} first.`,
    );
  const [port, uiPort] = freePorts
    ? await Promise.all([freePort(HOST), freePort(HOST)])
    : [TEMPORAL_PORT, WEB_UI_PORT];
  const logFile = temporalLogOf(data);
  const options = { cli, port, uiPort, dbFilename, logFile, timeSkipping: false };
  const temporal = await startTemporal(options);
  cleanup.add(() => temporal.stop());
  return temporal;
}

async function startBoth(
  env: Env,
  temporal: TemporalServer,
  data: string,
  cleanup: Cleanup,
): Promise<readonly Service[]> {
  const defined = Object.entries(env).filter(([, value]) => value !== undefined);
  const own = { TEMPORAL_ADDRESS: temporal.address, TEMPORAL_NAMESPACE: temporal.namespace };
  const webUi = temporal.uiUrl === null ? {} : { TEMPORAL_UI_URL: temporal.uiUrl };
  const childEnv = { ...webUi, ...(Object.fromEntries(defined) as Record<string, string>), ...own };
  const logFolder = join(data, "logs");
  const run = new Date().toISOString().slice(0, 19).replaceAll(":", "-");
  const services = (["worker", "gateway"] as const).map((name) => {
    const service = startService({ name, env: childEnv, logFolder, run });
    cleanup.add(() => service.stop(STOP_TIMEOUT_MS));
    return service;
  });
  const [worker, gateway] = services as [Service, Service];
  await Promise.all([untilLogged(worker, "worker_started"), untilLogged(gateway, "listening")]);
  return services;
}

function printReady(
  config: WorkerConfig,
  { publicUrl, operatorKeys }: GatewayConfig,
  temporal: TemporalServer,
  data: string,
  problems: readonly string[],
): void {
  const lines = [
    ...(problems.length === 0
      ? ["Reprise works: Dodo, Temporal and the mail server were reached."]
      : [
          "Reprise is running, but it does not work yet:",
          ...problems.map((text) => `  - ${text}`),
          "",
        ]),
    `  recoveries         ${recoveriesUrl(temporal.uiUrl ?? "", temporal.namespace)}`,
    `  webhook endpoint   ${publicUrl}/webhooks/dodo`,
    ...(operatorKeys.length === 0 ? [] : [`  operator API       ${publicUrl}/docs`]),
    `  state and logs     ${data}`,
    "",
    "Lists in the Temporal Web UI:",
    ...webUiLists(temporal.uiUrl ?? "", temporal.namespace, Date.now()).map(
      ({ name, url }) => `  ${name.padEnd(17)}  ${url}`,
    ),
    "",
    "If something does not work: npm run --silent reprise -- doctor",
  ];
  const warning = modeWarning(config.mode, config.environment);
  if (warning !== null) lines.push("", warning);
  if (/^http:\/\/(127\.|localhost|\[::1\])/.test(publicUrl)) {
    lines.push(
      "",
      "Dodo cannot reach this address. Expose the gateway over HTTPS, by a tunnel or a reverse proxy, set PUBLIC_URL to",
      "its public address, and add <PUBLIC_URL>/webhooks/dodo as a webhook endpoint in the Dodo dashboard.",
    );
  }
  console.log(`\n${lines.join("\n")}\n\nCtrl-C stops it. Recoveries continue at the next start.`);
}

/** If one process exits, everything stops with exit code 1, so that a supervisor restarts it as a whole. */
function stopAllWhenOneExits(
  processes: readonly Pick<Service, "ended" | "logFile">[],
  cleanup: Cleanup,
): void {
  for (const { ended, logFile } of processes) {
    void ended.then(async (how) => {
      if (cleanup.isRunning()) return;
      console.error(
        `A process exited unexpectedly (${how}). The end of ${logFile}:\n${tailOf(logFile)}`,
      );
      await cleanup.run();
      process.exit(1);
    });
  }
}
