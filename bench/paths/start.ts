import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { LocalStack } from "../../dev/local-stack/local-stack.ts";
import { residentMb } from "../machine/process-usage.ts";
import { type Bench, type OpenPath, type Path, PRODUCT, type Sample } from "../run/path.ts";
import { startFloor } from "../sides/floor-process.ts";
import { startProduct, startServer } from "../sides/product.ts";
import { bundleOf } from "../sides/side.ts";

const FLOOR = "bare";

export const start: Path = {
  name: "start",
  title: "start of the worker and of the gateway",
  rounds: { full: 9, quick: 1 },
  warmUps: { full: 1, quick: 1 },
  measures: [
    {
      key: "workerMs",
      title: "worker: time until it polls",
      unit: "ms",
      against: [{ subject: FLOOR }],
    },
    {
      key: "workerMb",
      title: "worker: RSS",
      unit: "MB",
      goal: { atMost: 170 },
      against: [{ subject: FLOOR }],
    },
    {
      key: "gatewayMs",
      title: "gateway: time until it listens",
      unit: "ms",
      against: [{ subject: FLOOR }],
    },
    {
      key: "gatewayMb",
      title: "gateway: RSS",
      unit: "MB",
      goal: { atMost: 120 },
      against: [{ subject: FLOOR }],
    },
  ],
  open,
};

/** After the start, so that what begins with it is done. */
const SETTLE_MS = 1_500;

async function open(bench: Bench): Promise<OpenPath> {
  const temporal = await startServer(bench);
  const stack = await startProduct(bench, temporal);
  const nothing = join(bench.folder, "nothing.json");
  writeFileSync(nothing, "[]");
  const env = {
    PLAN: nothing,
    MAILS: nothing,
    TEMPORAL_ADDRESS: temporal.address,
    BUNDLE: await bundleOf(bench, "recovery/workflow"),
    WEBHOOK_KEY: stack.sandbox.webhookKey,
    API_KEY: stack.sandbox.apiKey,
    BASE_URL: stack.sandbox.url,
    SMTP_URL: stack.inbox.smtpUrl,
    PORT: "0",
  };
  return {
    subjects: [
      { name: PRODUCT, run: async () => await measureProduct(stack) },
      { name: FLOOR, run: async () => await measureFloor(bench, env) },
    ],
    notes: () => [
      "Bare: the gateway and the worker of the hand-written recovery. Of each, the workflows are bundled already.",
    ],
    close: async () => {
      await stack.stop();
      await temporal.stop();
    },
  };
}

type Started = { readonly pid: number; readonly stop: () => Promise<void> };

let runs = 0;

async function measureProduct(stack: LocalStack): Promise<Sample> {
  runs += 1;
  const worker = await timed(async () => await stack.startWorker(`start-${runs}`));
  const gateway = await timed(async () => await stack.startGateway(`start-${runs}`));
  return sampleOf(worker, gateway);
}

async function measureFloor(bench: Bench, env: Readonly<Record<string, string>>): Promise<Sample> {
  const worker = await timed(async () => await startFloor(bench, "recovery/worker", env));
  const gateway = await timed(async () => await startFloor(bench, "recovery/gateway", env));
  return sampleOf(worker, gateway);
}

type Timed = { readonly ms: number; readonly mb: number };

async function timed(begin: () => Promise<Started>): Promise<Timed> {
  const began = performance.now();
  const { pid, stop } = await begin();
  const ms = performance.now() - began;
  await delay(SETTLE_MS);
  const mb = residentMb(pid);
  await stop();
  return { ms, mb };
}

function sampleOf(worker: Timed, gateway: Timed): Sample {
  return { workerMs: worker.ms, workerMb: worker.mb, gatewayMs: gateway.ms, gatewayMb: gateway.mb };
}
