/** `npm run simulate -- --seeds 1000 --from 1`: worlds lived in virtual time, one a seed, and judged by their books. */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { judge } from "./oracle/judge.ts";
import { type Plan, planOf } from "./plan.ts";
import { shrink } from "./shrink.ts";
import { simulate } from "./simulate.ts";
import { live } from "./simulation-run.ts";
import { describeTally } from "./tally.ts";
import { tell } from "./transcript.ts";

const USAGE = `npm run simulate -- --seeds 1000 [--from 1]   lives so many worlds; exit code 1 where one breaks a law
                    [--until double_charge]   ends with the first that breaks this one, and tells no story
npm run simulate -- --world file.json         lives one world again, kept as JSON`;

/** A long run says now and then how far it is. */
const PROGRESS_EVERY = 1_000;

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "1000" },
    from: { type: "string", default: "1" },
    until: { type: "string" },
    world: { type: "string" },
  },
});
const seeds = Number(values.seeds);
const from = Number(values.from);
if (values.world !== undefined) {
  await liveOne(JSON.parse(readFileSync(values.world, "utf8")) as Plan);
} else if (Number.isSafeInteger(seeds) && seeds > 0 && Number.isSafeInteger(from)) {
  await liveMany();
} else {
  console.error(USAGE);
  process.exitCode = 2;
}

async function liveMany(): Promise<void> {
  const begun = process.cpuUsage();
  const cpuSeconds = (): number => {
    const { user, system } = process.cpuUsage(begun);
    return (user + system) / 1e6;
  };
  const run = await simulate({
    from,
    seeds,
    until: (findings) => findings.some(({ name }) => name === values.until),
    onProgress: (done, found) => {
      if (done % PROGRESS_EVERY !== 0) return;
      const each = ((cpuSeconds() * 1_000) / done).toFixed(1);
      console.log(`${done} of ${seeds} worlds, ${found} broken, ${each} ms of one core each`);
    },
  });
  console.log(describeTally(run.tally));
  const each = ((cpuSeconds() * 1_000) / seeds).toFixed(1);
  const range = `seeds ${from} to ${from + seeds - 1}`;
  console.log(
    `${range}: ${run.broken.length} of ${seeds} worlds broken; ${cpuSeconds().toFixed(0)} s of CPU, ${each} ms a world`,
  );
  for (const { seed, findings } of run.broken.slice(-20)) {
    console.log(
      `  seed ${seed}: ${findings.map(({ name, detail }) => `${name} (${detail})`).join("; ")}`,
    );
  }
  const [first] = run.broken;
  if (first === undefined) return;
  process.exitCode = 1;
  const [finding] = first.findings;
  if (finding === undefined || values.until !== undefined) return;
  console.log(`\nSeed ${first.seed}, made smaller:`);
  const plan = await shrink(planOf(first.seed), finding.name);
  await liveOne(plan);
  console.log(JSON.stringify(plan, null, 2));
  console.log(`\nAgain: npm run simulate -- --seeds 1 --from ${first.seed}`);
}

async function liveOne(plan: Plan): Promise<void> {
  const life = await live(plan);
  const findings = await judge(life);
  console.log(tell(life, findings));
  if (findings.length > 0) process.exitCode = 1;
}
