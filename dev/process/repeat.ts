/**
 * Runs a command many times beside busy processes, and records each run. Interrupted, it continues where it stopped:
 * runs of the same commit count.
 */
import { execFileSync, spawn } from "node:child_process";
import { appendFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { createCleanup, onInterrupt } from "./cleanup.ts";
import { exitWithUsage, readOptions } from "./options.ts";

export type Repeated = {
  /** As a person types it. */
  readonly name: string;
  /** Runs of a commit, if not given. */
  readonly times: number;
  /** Where runs are recorded, if not given. */
  readonly results: string;
  /** What Node runs. */
  readonly args: readonly string[];
  /** What a run's record says of its output. */
  readonly verdictOf: (output: string) => string;
};

/** A recorded run. */
type Run = {
  /** Ends in `+changes` where files differ from the commit. */
  readonly commit: string;
  readonly at: string;
  readonly busy: number;
  readonly seconds: number;
  readonly exitCode: number | null;
  readonly verdict: string;
};

/** Ends with its parent, however that ends. */
const KEEP_BUSY =
  "const { ppid } = process; do for (let i = 0; i < 1e8; i++); while (process.ppid === ppid);";

const cleanup = createCleanup();

/** Reads the options of the command line, runs, and sets the exit code: 0 if all runs of this commit ended right. */
export async function repeatFromCommandLine(repeated: Repeated): Promise<void> {
  const usage = usageOf(repeated);
  const { values } = readOptions(usage, {
    times: { type: "string", default: String(repeated.times) },
    busy: { type: "string", default: "2" },
    results: { type: "string", default: repeated.results },
  });
  const [times, busy] = [Number(values.times), Number(values.busy)];
  if (!Number.isInteger(times) || !Number.isInteger(busy) || times < 1 || busy < 0)
    exitWithUsage(usage, "--times and --busy are whole numbers.");
  void onInterrupt(cleanup, "Stopping. The next start continues.").then(() => process.exit(130));
  process.exitCode = (await repeat(repeated, times, busy, values.results)) ? 0 : 1;
  await cleanup.run();
}

function usageOf({ name, times, results }: Repeated): string {
  return `${name} -- [--times ${times}] [--busy 2] [--results ${results}]
  --times     how many runs of this commit there shall be, those before included
  --busy      processes that keep a core busy beside it
  --results   where each run is recorded, one JSON object a line; the output of a failed run is beside it`;
}

/** @returns whether all runs of this commit ended right */
async function repeat(
  repeated: Repeated,
  times: number,
  busy: number,
  results: string,
): Promise<boolean> {
  mkdirSync(dirname(results), { recursive: true });
  const commit = currentCommit();
  const runs = recordedRuns(results).filter((run) => run.commit === commit && run.busy === busy);
  console.log(`${commit}: ${runs.length} of ${times} runs are recorded in ${results}.`);
  for (let count = 0; count < busy; count += 1) {
    const burner = spawn(process.execPath, ["-e", KEEP_BUSY], { stdio: "ignore" });
    cleanup.add(() => void burner.kill("SIGKILL"));
  }
  while (runs.length < times && !cleanup.isRunning()) {
    const { output, ...run } = await runOnce(repeated, commit, busy);
    if (cleanup.isRunning()) break;
    runs.push(run);
    appendFileSync(results, `${JSON.stringify(run)}\n`);
    if (run.exitCode !== 0) appendFileSync(`${results}.failed.log`, `${run.at}\n${output}\n`);
    console.log(`${runs.length}: ${run.seconds} s, exit code ${run.exitCode}: ${run.verdict}`);
  }
  const right = runs.filter(({ exitCode }) => exitCode === 0).length;
  console.log(`${right} of ${runs.length} runs ended right.`);
  return right === runs.length;
}

async function runOnce(
  { args, verdictOf }: Repeated,
  commit: string,
  busy: number,
): Promise<Run & { readonly output: string }> {
  const at = new Date().toISOString();
  const startedAt = performance.now();
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
  cleanup.add(() => void child.kill("SIGTERM"));
  let printed = "";
  const collect = (chunk: Buffer): void => void (printed += chunk.toString());
  child.stdout.on("data", collect);
  child.stderr.on("data", collect);
  const exitCode = await new Promise<number | null>((resolve) => child.once("close", resolve));
  const seconds = Math.round((performance.now() - startedAt) / 1_000);
  const output = stripVTControlCharacters(printed);
  return { commit, at, busy, seconds, exitCode, verdict: verdictOf(output), output };
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
