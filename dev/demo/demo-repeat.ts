/**
 * `npm run demo:repeat`: runs the demo many times beside busy processes, and records each run. Interrupted, it
 * continues where it stopped: runs of the same commit count.
 */
import { execFileSync, spawn } from "node:child_process";
import { appendFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { parseArgs } from "node:util";
import { createCleanup, onInterrupt } from "../process/cleanup.ts";

const USAGE = `npm run demo:repeat -- [--times 20] [--busy 2] [--results data/demo-runs.jsonl]
  --times     how many runs of this commit there shall be, those before included
  --busy      processes that keep a core busy beside the demo
  --results   where each run is recorded, one JSON object a line`;

/** A recorded run. */
type Run = {
  /** Ends in `+changes` where files differ from the commit. */
  readonly commit: string;
  readonly at: string;
  readonly busy: number;
  readonly seconds: number;
  readonly exitCode: number | null;
  /** The last paragraph of the output. */
  readonly verdict: string;
};

/** Ends with its parent, however that ends. */
const KEEP_BUSY =
  "const { ppid } = process; do for (let i = 0; i < 1e8; i++); while (process.ppid === ppid);";

const { values } = parseArgs({
  options: {
    times: { type: "string", default: "20" },
    busy: { type: "string", default: "2" },
    results: { type: "string", default: "data/demo-runs.jsonl" },
    help: { type: "boolean", default: false },
  },
});

const cleanup = createCleanup();
if (values.help) console.log(USAGE);
else {
  void onInterrupt(cleanup, "Stopping. The next start continues.").then(() => process.exit(130));
  process.exitCode = await repeat(Number(values.times), Number(values.busy), values.results);
  await cleanup.run();
}

/** @returns the exit code: 0 if all runs of this commit ended right */
async function repeat(times: number, busy: number, results: string): Promise<number> {
  if (!Number.isInteger(times) || !Number.isInteger(busy) || times < 1 || busy < 0) {
    console.error(USAGE);
    return 1;
  }
  mkdirSync(dirname(results), { recursive: true });
  const commit = currentCommit();
  const runs = recordedRuns(results).filter((run) => run.commit === commit && run.busy === busy);
  console.log(`${commit}: ${runs.length} of ${times} runs are recorded in ${results}.`);
  for (let count = 0; count < busy; count += 1) {
    const burner = spawn(process.execPath, ["-e", KEEP_BUSY], { stdio: "ignore" });
    cleanup.add(() => void burner.kill("SIGKILL"));
  }
  while (runs.length < times && !cleanup.isRunning()) {
    const run = await runOnce(commit, busy);
    if (cleanup.isRunning()) break;
    runs.push(run);
    appendFileSync(results, `${JSON.stringify(run)}\n`);
    console.log(`${runs.length}: ${run.seconds} s, exit code ${run.exitCode}: ${run.verdict}`);
  }
  const right = runs.filter(({ exitCode }) => exitCode === 0).length;
  console.log(`${right} of ${runs.length} runs ended right.`);
  return right === runs.length ? 0 : 1;
}

async function runOnce(commit: string, busy: number): Promise<Run> {
  const startedAt = performance.now();
  const demo = spawn(process.execPath, [new URL("demo.js", import.meta.url).pathname, "--once"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  demo.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const exitCode = await new Promise<number | null>((resolve) => demo.once("close", resolve));
  const seconds = Math.round((performance.now() - startedAt) / 1_000);
  const verdict = output.trim().split("\n\n").at(-1) ?? "";
  return { commit, at: new Date().toISOString(), busy, seconds, exitCode, verdict };
}

function currentCommit(): string {
  const git = (...args: string[]): string => execFileSync("git", args, { encoding: "utf8" }).trim();
  const changes = git("status", "--porcelain") === "" ? "" : "+changes";
  return `${git("rev-parse", "HEAD")}${changes}`;
}

function recordedRuns(path: string): readonly Run[] {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, "utf8").split("\n").filter(Boolean);
  return lines.map((line) => JSON.parse(line) as Run);
}
