import { setTimeout as delay } from "node:timers/promises";
import { residentMb } from "../machine/process-usage.ts";
import { type Bench, type OpenPath, type Path, PRODUCT, type Sample } from "../run/path.ts";
import { SLEEPING_POLICY } from "../sides/policy.ts";
import { openCalmly } from "../sides/recoveries.ts";
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

const PRINT_EVERY = 500;
const SETTLE_MS = 5_000;

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
  for (let done = 0; done < count; done += PRINT_EVERY) {
    const batch = Math.min(PRINT_EVERY, count - done);
    await openCalmly(side, { count: batch, failures: 1 });
    bench.print(`memory: ${done + batch} of ${count} more asleep`);
  }
  await delay(SETTLE_MS);
}
