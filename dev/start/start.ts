import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { type Env, readEnvOver } from "../../config/env.ts";
import { readGatewayConfig } from "../../config/gateway.ts";
import { EXIT_CONFIG, orExitWithProblems } from "../../config/reader.ts";
import { readWorkerConfig, type WorkerConfig } from "../../config/worker.ts";
import { modeWarning } from "../../platform/mode-warning.ts";
import { type Cleanup, createCleanup, onInterrupt } from "../process/cleanup.ts";
import { tailOf } from "../process/child-process.ts";
import { type Service, startService, untilLogged } from "../local-stack/services.ts";
import { findTemporalCli } from "../temporal/cli.ts";
import { prepareTemporalData } from "../temporal/data.ts";
import { expectFree, freePort } from "../process/ports.ts";
import { startTemporal, type TemporalServer } from "../temporal/server.ts";
import { checkDodo } from "./start-check.ts";

/**
 * `npm start`: the whole of Reprise on one machine, against the real Dodo. Temporal keeps its state in a file under
 * `data/`, so that recoveries go on after a restart.
 */
const HOST = "127.0.0.1";
const TEMPORAL_PORT = 7233;
const WEB_UI_PORT = 8233;

/** A charge that has begun is awaited for so long. */
const STOP_TIMEOUT_MS = 100_000;

const { values } = parseArgs({
  options: {
    settings: { type: "string", default: ".env" },
    data: { type: "string", default: "data" },
    "free-ports": { type: "boolean", default: false },
  },
});

const cleanup = createCleanup();
const interrupted = onInterrupt(cleanup, "stopping; a charge under way is awaited …").then(() => {
  console.log("stopped; recoveries go on at the next start");
  process.exit(0);
});
try {
  await start(envOrExit(values.settings), resolve(values.data), values["free-ports"]);
  await interrupted;
} catch (error) {
  if (cleanup.isRunning()) await interrupted;
  console.error(
    `Reprise could not start: ${error instanceof Error ? error.message : String(error)}`,
  );
  await cleanup.run();
  process.exit(1);
}

function envOrExit(path: string): Env {
  const env = readEnvOver(path);
  if (env !== null) return env;
  console.error(
    `no ${path}: copy .env.example to ${path}, fill in what is not commented out, and start again`,
  );
  process.exit(EXIT_CONFIG);
}

async function start(given: Env, data: string, freePorts: boolean): Promise<void> {
  mkdirSync(data, { recursive: true, mode: 0o700 });
  const env = withLinkKey(given, data);
  const worker = orExitWithProblems(() => readWorkerConfig(env));
  const gateway = orExitWithProblems(() => readGatewayConfig(env));
  await expectFree(gateway.host, gateway.port, "The gateway (PORT)");
  await checkOrExit(worker);
  const temporal = await openTemporal(env, data, freePorts, cleanup);
  const services = await startBoth(env, temporal, data, cleanup);
  sayReady(worker, gateway.publicUrl, temporal, data);
  watch(services, cleanup);
}

/** Links need a key of our own: one is made at the first start, and kept, for links must outlive a restart. */
function withLinkKey(env: Env, data: string): Env {
  if ((env["LINK_SIGNING_KEYS"] ?? "") !== "") return env;
  const path = join(data, "link-signing-key");
  if (!existsSync(path)) writeFileSync(path, randomBytes(32).toString("base64"), { mode: 0o600 });
  return { ...env, LINK_SIGNING_KEYS: readFileSync(path, "utf8").trim() };
}

async function checkOrExit(config: WorkerConfig): Promise<void> {
  const problem = await checkDodo(config);
  if (problem === null) return;
  console.error(problem.text);
  if (problem.isFatal) process.exit(EXIT_CONFIG);
}

async function openTemporal(
  env: Env,
  data: string,
  freePorts: boolean,
  ends: Cleanup,
): Promise<TemporalServer> {
  const cli = await findTemporalCli({ env, say: console.log });
  const { dbFilename, copiedTo } = prepareTemporalData(data, cli.version, new Date());
  if (copiedTo !== null)
    console.log(`Temporal is newer than at the last start; its data was copied to ${copiedTo}`);
  const [port, uiPort] = freePorts
    ? await Promise.all([freePort(HOST), freePort(HOST)])
    : [TEMPORAL_PORT, WEB_UI_PORT];
  const logFile = join(data, "logs", "temporal.log");
  const options = { cli, port, uiPort, dbFilename, logFile, timeSkipping: false };
  const temporal = await startTemporal(options);
  ends.add(() => temporal.stop());
  return temporal;
}

async function startBoth(
  env: Env,
  temporal: TemporalServer,
  data: string,
  ends: Cleanup,
): Promise<readonly Service[]> {
  const defined = Object.entries(env).filter(([, value]) => value !== undefined);
  const own = { TEMPORAL_ADDRESS: temporal.address, TEMPORAL_NAMESPACE: temporal.namespace };
  const webUi = temporal.uiUrl === null ? {} : { TEMPORAL_UI_URL: temporal.uiUrl };
  const childEnv = { ...webUi, ...(Object.fromEntries(defined) as Record<string, string>), ...own };
  const logFolder = join(data, "logs");
  const run = new Date().toISOString().slice(0, 19).replaceAll(":", "-");
  const services = (["worker", "gateway"] as const).map((name) => {
    const service = startService({ name, env: childEnv, logFolder, run });
    ends.add(() => service.stop(STOP_TIMEOUT_MS));
    return service;
  });
  const [worker, gateway] = services as [Service, Service];
  await Promise.all([untilLogged(worker, "working"), untilLogged(gateway, "listening")]);
  return services;
}

function sayReady(
  config: WorkerConfig,
  publicUrl: string,
  temporal: TemporalServer,
  data: string,
): void {
  const lines = [
    "Reprise works.",
    `  Temporal Web UI    ${temporal.uiUrl ?? ""}/namespaces/${temporal.namespace}/workflows`,
    `  webhook endpoint   ${publicUrl}/webhooks/dodo`,
    `  state and logs     ${data}`,
  ];
  const warning = modeWarning(config.mode, config.environment);
  if (warning !== null) lines.push("", warning);
  if (/^http:\/\/(127\.|localhost|\[::1\])/.test(publicUrl)) {
    lines.push(
      "",
      "Dodo cannot reach this address. Expose the gateway by a tunnel or a reverse proxy with HTTPS, set PUBLIC_URL to",
      "its address, and give Dodo <PUBLIC_URL>/webhooks/dodo as the webhook endpoint.",
    );
  }
  console.log(`\n${lines.join("\n")}\n\nCtrl-C stops it; recoveries go on at the next start.`);
}

/** A process that ends by itself ends all: a supervisor starts them again together. */
function watch(services: readonly Service[], ends: Cleanup): void {
  for (const service of services) {
    void service.ended.then(async (how) => {
      if (ends.isRunning()) return;
      console.error(`a process ended by itself (${how}):\n${tailOf(service.logFile)}`);
      await ends.run();
      process.exit(1);
    });
  }
}
