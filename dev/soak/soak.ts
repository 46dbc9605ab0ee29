/**
 * `npm run soak`: gateway and worker, as deployed, under webhooks, reads, mails and charges for a long time, with every fault of the
 * sandbox. Exit code 0 if memory and handles stay where they were once the processes had warmed up, and no debt was collected twice.
 */
import { randomBytes } from "node:crypto";
import { appendFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { readEnv } from "../../config/env.ts";
import { MINUTE_MS } from "../../domain/values/time.ts";
import { startLocalStack } from "../local-stack/local-stack.ts";
import { createCleanup, onInterrupt } from "../process/cleanup.ts";
import { exitWithUsage, readOptions } from "../process/options.ts";
import { findTemporalCli } from "../temporal/cli.ts";
import { startTemporal } from "../temporal/server.ts";
import { type Load, startLoad } from "./load.ts";
import { type Sample, type Trend, trendsOf } from "./sample.ts";

/** Minutes instead of weeks. */
const POLICY = `
retry:
  gaps: [1m, 1m, 1m]
  transient_gap: 30s
  align: none
  settle: 30s
  settle_reads: 4
  outcome_deadline: 4m
  follow_up: [5s, 20s, 1m]
  after_method_change: 10s
notices: { first_soft: 5s, before_attempt: 20s, hard: [0s, 1m], per_customer_week: 50 }
opening_reread: 2s
unknown_tax: none
window: 8m
quiet_end: 30s
`;

const USAGE = `npm run soak -- [--minutes 90] [--warmup 20] [--tick 2000] [--results data/soak]
  --minutes   how long it takes
  --warmup    minutes after which memory and handles may not grow
  --tick      milliseconds between two failed charges
  --results   the folder of logs, samples and the report`;

const { values } = readOptions(USAGE, {
  minutes: { type: "string", default: "90" },
  warmup: { type: "string", default: "20" },
  tick: { type: "string", default: "2000" },
  results: { type: "string", default: "data/soak" },
});
const [minutes, warmup, tickMs] = [values.minutes, values.warmup, values.tick].map(Number);
if (!(Number(minutes) > Number(warmup)) || !(Number(warmup) >= 0) || !(Number(tickMs) > 0))
  exitWithUsage(
    USAGE,
    "--minutes, --warmup and --tick are numbers; the warm-up is the shorter part.",
  );

const cleanup = createCleanup();
void onInterrupt(cleanup, "Stopping …").then(() => process.exit(130));
try {
  process.exitCode = (await soak(Number(minutes), Number(warmup), Number(tickMs))) ? 0 : 1;
} finally {
  await cleanup.run();
}

async function soak(minutes: number, warmupMinutes: number, tickMs: number): Promise<boolean> {
  const folder = resolve(values.results, new Date().toISOString().replaceAll(":", "-"));
  mkdirSync(folder, { recursive: true });
  const samples = join(folder, "samples.jsonl");
  const temporal = await startTemporal({
    cli: await findTemporalCli({ env: readEnv(), print: console.log }),
    timeSkipping: false,
  });
  cleanup.add(() => temporal.stop());
  const key = randomBytes(24).toString("hex");
  const stack = await startLocalStack({
    temporal,
    taskQueue: "reprise",
    folder,
    policy: POLICY,
    operatorKeys: `soak:${key}`,
    requestTimeout: "2s",
    sandbox: { settings: { webhookRetryScale: 0.01 } },
    env: {
      NODE_OPTIONS: `--import=${new URL("probe.js", import.meta.url).href}`,
      SOAK_SAMPLES: samples,
    },
  });
  cleanup.add(() => stack.stop());
  await Promise.all([stack.startGateway("1"), stack.startWorker("1")]);
  const begun = Date.now();
  const load = startLoad(stack, key, tickMs);
  cleanup.add(load.stop);
  console.log(`${minutes} minutes, the first ${warmupMinutes} to warm up. Samples: ${samples}`);
  while (Date.now() < begun + minutes * MINUTE_MS && !cleanup.isRunning()) {
    await delay(Math.min(MINUTE_MS, begun + minutes * MINUTE_MS - Date.now()));
    console.log(progressOf(samplesOf(samples), load, begun));
  }
  load.stop();
  const trends = trendsOf(samplesOf(samples), begun + warmupMinutes * MINUTE_MS);
  const { subscriptions } = await stack.sandbox.control.ledger();
  const twice = subscriptions.filter(({ succeeded }) => succeeded > 1).length;
  const collected = subscriptions.filter(({ succeeded }) => succeeded > 0).length;
  const report = reportOf(trends, load, { twice, collected });
  console.log(report);
  appendFileSync(join(folder, "report.txt"), report);
  return trends.length > 0 && trends.every(({ isSteady }) => isSteady) && twice === 0;
}

function samplesOf(file: string): readonly Sample[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, "utf8").split("\n").filter(Boolean);
  return lines.map((line) => JSON.parse(line) as Sample);
}

function progressOf(samples: readonly Sample[], load: Load, begun: number): string {
  const minute = Math.round((Date.now() - begun) / MINUTE_MS);
  const memory = (["gateway", "worker"] as const).map((name) => {
    const rss = samples.findLast((one) => one.name === name)?.rssBytes ?? 0;
    return `${name} ${Math.round(rss / 1e6)} MB`;
  });
  return `minute ${minute}: ${load.started} recoveries, ${load.unsettled} not ended, ${memory.join(", ")}`;
}

function reportOf(
  trends: readonly Trend[],
  load: Load,
  { twice, collected }: { readonly twice: number; readonly collected: number },
): string {
  const rows = trends.map(
    ({ name, measure, early, late, isSteady }) =>
      `${name.padEnd(8)} ${measure.padEnd(28)} ${String(early).padStart(8)} ${String(late).padStart(8)} ${isSteady ? "steady" : "GROWS"}`,
  );
  const answers = Object.entries(load.answers).map(([status, count]) => `${status}: ${count}`);
  return [
    `process  ${"measure".padEnd(28)}    early     late`,
    ...rows,
    `${load.started} recoveries, ${collected} collected, ${twice} collected twice`,
    `answers by status: ${answers.join(", ")}`,
    "",
  ].join("\n");
}
