/** `npm run bench`: every path of the product beside its floor, in one run. bench/README.md says how to read it. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { readEnv } from "../config/env.ts";
import { createCleanup, onInterrupt } from "../dev/process/cleanup.ts";
import { exitWithUsage, readOptions } from "../dev/process/options.ts";
import { findTemporalCli, type TemporalCli } from "../dev/temporal/cli.ts";
import { describeMachine, partsBetween, readCommit, readCoreTime } from "./machine/machine.ts";
import { PATHS } from "./paths/index.ts";
import { markdownOf } from "./report/markdown.ts";
import { isComplete, type Results } from "./report/results.ts";
import { summaryOf } from "./report/summary.ts";
import type { Bench, Path } from "./run/path.ts";
import { type PathRun, runPath } from "./run/run-path.ts";

const EXIT_INTERRUPTED = 130;

const USAGE = `npm run bench -- [PATH …] [--quick] [--out FOLDER] [--earlier FILE]
  PATH            only these paths; without any, all of them
  --quick         fewer and shorter rounds: about five minutes for all paths
  --out FOLDER    where RESULTS.md and results.json go. Without it: bench/ for a run of all paths
                  that is not quick, data/bench/ for any other
  --earlier FILE  the results.json of an earlier run, for a column beside this one

Paths:
${PATHS.map(({ name, title }) => `  ${name.padEnd(14)}  ${title}`).join("\n")}

Exit code 0: every round was measured · 1: one failed · 2: the arguments are wrong · 130: interrupted`;

const { values, positionals } = readOptions(
  USAGE,
  {
    quick: { type: "boolean", default: false },
    out: { type: "string" },
    earlier: { type: "string" },
  },
  PATHS.length,
);
const unknown = positionals.find((name) => !PATHS.some((path) => path.name === name));
if (unknown !== undefined) exitWithUsage(USAGE, `There is no path "${unknown}".`);
const chosen = PATHS.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
const earlier = values.earlier === undefined ? null : readResults(values.earlier);

// Started by npm from the project's folder.
const root = process.cwd();
const isWhole = chosen.length === PATHS.length && !values.quick;
const PARTIAL = "data/bench";
const out = resolve(values.out ?? (isWhole ? "bench" : PARTIAL));

const machine = describeMachine();
// Files may change during a run; what runs was built before it.
const commit = readCommit(root);
const began = Date.now();
const coreTime = readCoreTime();
const found: { cli: TemporalCli | null } = { cli: null };
/** Of each path that has begun. */
const runs = new Map<Path, PathRun>();
const cleanup = createCleanup();
void onInterrupt(cleanup, "Stopping …").then(() => {
  write(resultsOf(true));
  process.exit(EXIT_INTERRUPTED);
});
await main();

async function main(): Promise<void> {
  mkdirSync(join(root, "data"), { recursive: true });
  const folder = mkdtempSync(join(root, "data", "bench-run-"));
  cleanup.add(() => rmSync(folder, { recursive: true, force: true }));
  const print = (line: string): void => console.error(line);
  const bench: Bench = {
    isQuick: values.quick,
    folder,
    root,
    cli: async () => (found.cli ??= await findTemporalCli({ env: readEnv(), print })),
    cleanup,
    print,
  };
  for (const path of chosen) {
    const onBegin = (soFar: PathRun): unknown => runs.set(path, soFar);
    runs.set(path, await runPath(path, bench, cleanup.isRunning, onBegin));
    // The interrupt writes what there is, and exits.
    if (cleanup.isRunning()) return;
  }
  const results = resultsOf(false);
  await cleanup.run();
  write(results);
  process.exit(isComplete(results) ? 0 : 1);
}

function resultsOf(wasInterrupted: boolean): Results {
  return {
    command: ["npm run bench", ...typed()].join(" "),
    startedAt: new Date(began).toISOString(),
    tookMs: Date.now() - began,
    commit,
    temporal: found.cli?.version ?? null,
    isQuick: values.quick,
    machine,
    steal: partsBetween(coreTime, readCoreTime())?.steal ?? null,
    wasInterrupted,
    summaries: [...runs].map(([path, run]) => summaryOf(path, run)),
    runs: [...runs.values()],
  };
}

function typed(): readonly string[] {
  const given = process.argv.slice(2);
  return given.length === 0 ? [] : ["--", ...given];
}

function write(results: Results): void {
  const report = markdownOf(results, earlier);
  // The results of a whole run are not replaced by a part.
  const folder = results.wasInterrupted ? resolve(PARTIAL) : out;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "RESULTS.md"), report);
  writeFileSync(join(folder, "results.json"), `${JSON.stringify(results, null, 2)}\n`);
  console.log(report);
  console.error(`Written: ${join(folder, "RESULTS.md")} and results.json`);
}

function readResults(file: string): Results {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Results;
  } catch (error) {
    return exitWithUsage(USAGE, `--earlier ${file}: ${String(error)}`);
  }
}
