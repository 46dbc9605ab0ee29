import { setTimeout as delay } from "node:timers/promises";
import { residentMb } from "../machine/process-usage.ts";
import { type Bench, type OpenPath, type Path, PRODUCT, type Sample } from "../run/path.ts";
import { until } from "../run/until.ts";
import { SLEEPING_POLICY } from "../sides/policy.ts";
import { failFirstCharges } from "../sides/recoveries.ts";
import { openProduct, type Side } from "../sides/side.ts";

export const memory: Path = {
  name: "memory",
  title: "the worker's memory as recoveries fall asleep",
  // Ten thousand take most of an hour, and a process has one memory.
  rounds: { full: 1, quick: 1 },
  warmUps: { full: 0, quick: 0 },
  measures: [
    { key: "startMb", title: "RSS at the start", unit: "MB" },
    { key: "fewMb", title: "RSS at the first mark", unit: "MB", goal: { atMost: 350 } },
    { key: "manyMb", title: "RSS at the second mark", unit: "MB", goal: { atMost: 350 } },
    { key: "growth", title: "second mark ÷ first mark", unit: "", goal: { atMost: 1.1 } },
  ],
  open,
};

const BATCH = 100;
const SETTLE_MS = 5_000;
const BATCH_TIMEOUT_MS = 600_000;

async function open(bench: Bench): Promise<OpenPath> {
  const [few, many] = bench.isQuick ? [50, 100] : [2_000, 10_000];
  const side = await openProduct(bench, { policy: SLEEPING_POLICY });
  return {
    subjects: [{ name: PRODUCT, run: async () => await measure(bench, side, few, many) }],
    notes: () => [`First mark: ${few} asleep. Second mark: ${many}.`],
    close: side.close,
  };
}

async function measure(bench: Bench, side: Side, few: number, many: number): Promise<Sample> {
  const startMb = residentMb(side.pids.worker);
  await putToSleep(bench, side, few);
  const fewMb = residentMb(side.pids.worker);
  await putToSleep(bench, side, many - few);
  const manyMb = residentMb(side.pids.worker);
  return { startMb, fewMb, manyMb, growth: manyMb / fewMb };
}

async function putToSleep(bench: Bench, side: Side, count: number): Promise<void> {
  for (let done = 0; done < count; done += BATCH) {
    const batch = Math.min(BATCH, count - done);
    const mails = side.inbox.mails.length + batch;
    await failFirstCharges(side, { count: batch, failures: 1 });
    await until("their mails", () => side.inbox.mails.length >= mails, BATCH_TIMEOUT_MS);
    if ((done + batch) % 1_000 === 0) bench.print(`memory: ${done + batch} of ${count} asleep`);
  }
  await delay(SETTLE_MS);
}
