/** `npm run simulate`: simulates recoveries in virtual time, one random world per seed, and reports violated invariants. */
import { readFileSync } from "node:fs";
import { exitWithUsage, readOptions } from "../process/options.ts";
import { drawPlan } from "./draw-plan.ts";
import { findViolations } from "./oracle/find-violations.ts";
import { VIOLATIONS } from "./oracle/violation.ts";
import type { Plan } from "./plan.ts";
import { runPlan } from "./run-plan.ts";
import { shrink } from "./shrink.ts";
import { simulate, type SimulationResult } from "./simulate.ts";
import { formatTally } from "./tally.ts";
import { transcriptOf } from "./transcript.ts";

const USAGE = `Usage: npm run simulate -- [--seeds 1000] [--from 1] [--until VIOLATION] [--json]
       npm run simulate -- --world FILE

  --seeds N          simulate N worlds, one per seed
  --from N           start at this seed
  --until VIOLATION  stop at the first world with this violation, for example double_charge
  --json             print the failed seeds and the tally as one JSON object
  --world FILE       simulate the world in this JSON file

Exit code 0: no invariant was violated · 1: one was · 2: the arguments are wrong`;

const PROGRESS_EVERY = 1_000;

const FAILURES_SHOWN_MAX = 20;

const { values } = readOptions(USAGE, {
  seeds: { type: "string", default: "1000" },
  from: { type: "string", default: "1" },
  until: { type: "string" },
  json: { type: "boolean", default: false },
  world: { type: "string" },
});
const seeds = Number(values.seeds);
const from = Number(values.from);
const isRange = Number.isSafeInteger(seeds) && seeds > 0 && Number.isSafeInteger(from);
const isKnownViolation = values.until === undefined || values.until in VIOLATIONS;
if (values.world !== undefined) {
  await runWorld(JSON.parse(readFileSync(values.world, "utf8")) as Plan);
} else if (isRange && isKnownViolation) {
  await runSeeds();
} else {
  exitWithUsage(USAGE, "--seeds and --from are numbers, and --until names a violation.");
}

async function runSeeds(): Promise<void> {
  const start = process.cpuUsage();
  const cpuSeconds = (): number => {
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1e6;
  };
  const perSeed = (count: number): string => `${((cpuSeconds() * 1_000) / count).toFixed(1)} ms`;
  const result = await simulate({
    from,
    seeds,
    until: (violations) => violations.some(({ name }) => name === values.until),
    onProgress: (done, failures) => {
      if (values.json || done % PROGRESS_EVERY !== 0) return;
      console.log(
        `${done} of ${seeds} seeds, ${failures} with violations, ${perSeed(done)} of CPU per seed`,
      );
    },
  });
  if (result.failures.length > 0) process.exitCode = 1;
  if (values.json) {
    const { failures, tally } = result;
    console.log(JSON.stringify({ failures, tally: Object.fromEntries(tally.counts) }));
    return;
  }
  console.log(formatTally(result.tally));
  console.log(
    `Seeds ${from} to ${from + seeds - 1}: ${result.failures.length} of ${seeds} with violations; ` +
      `${cpuSeconds().toFixed(0)} s of CPU, ${perSeed(seeds)} per seed`,
  );
  await reportFailures(result);
}

async function reportFailures({ failures }: SimulationResult): Promise<void> {
  for (const { seed, violations } of failures.slice(-FAILURES_SHOWN_MAX)) {
    const details = violations.map(({ name, detail }) => `${name} (${detail})`).join("; ");
    console.log(`  seed ${seed}: ${details}`);
  }
  const [first] = failures;
  const [violation] = first?.violations ?? [];
  if (first === undefined || violation === undefined || values.until !== undefined) return;
  console.log(`\nSeed ${first.seed}, reduced to the smallest world with ${violation.name}:`);
  const plan = await shrink(drawPlan(first.seed), violation.name);
  await runWorld(plan);
  console.log(JSON.stringify(plan, null, 2));
  console.log(`\nRun the seed again with: npm run simulate -- --seeds 1 --from ${first.seed}`);
}

async function runWorld(plan: Plan): Promise<void> {
  const run = await runPlan(plan);
  const violations = await findViolations(run);
  console.log(transcriptOf(run, violations));
  if (violations.length > 0) process.exitCode = 1;
}
