/**
 * Loaded into gateway and worker by `--import`: appends what the process holds to the file that `SOAK_SAMPLES` names, one JSON object a
 * line.
 */
import { appendFileSync, readdirSync } from "node:fs";
import { isMainThread } from "node:worker_threads";
import { readEnv } from "../../config/env.ts";
import type { Sample } from "./sample.ts";

const EVERY_MS = 10_000;

const file = readEnv()["SOAK_SAMPLES"];
// The worker's threads for workflows load it too.
if (file !== undefined && isMainThread) {
  setInterval(() => appendFileSync(file, `${JSON.stringify(sample())}\n`), EVERY_MS).unref();
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
