/**
 * Loaded into gateway and worker by `--import`: appends what the process holds to the file that `SOAK_SAMPLES` names, one JSON object a
 * line.
 */
import { appendFileSync, readdirSync } from "node:fs";
import v8 from "node:v8";
import { runInNewContext } from "node:vm";
import { isMainThread } from "node:worker_threads";
import { readEnv } from "../../config/env.ts";
import type { Sample } from "./sample.ts";

const EVERY_MS = 30_000;
/** The collections of all threads have ended by then. */
const COLLECTED_AFTER_MS = 3_000;

const file = readEnv()["SOAK_SAMPLES"];
if (file !== undefined) {
  // Garbage that V8 has not collected yet is no leak, so each thread collects first. The worker's threads for workflows load this too.
  v8.setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const repeatAfter = (delayMs: number, work: () => void): void =>
    void setTimeout(() => setInterval(work, EVERY_MS).unref(), delayMs).unref();
  repeatAfter(0, collect);
  if (isMainThread) {
    repeatAfter(COLLECTED_AFTER_MS, () => appendFileSync(file, `${JSON.stringify(sample())}\n`));
  }
}

function sample(): Sample {
  const { rss, heapUsed, external } = process.memoryUsage();
  const isWorker = process.argv.some((argument) => argument.includes("worker/main"));
  return {
    at: Date.now(),
    name: isWorker ? "worker" : "gateway",
    pid: process.pid,
    rssBytes: rss,
    heapBytes: heapUsed,
    externalBytes: external,
    files: readdirSync("/proc/self/fd").length,
    resources: countsOf(process.getActiveResourcesInfo()),
    listeners: process
      .eventNames()
      .reduce((sum, name) => sum + process.listenerCount(name as NodeJS.Signals), 0),
  };
}

function countsOf(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
