import { NotAvailable, type Bench, type OpenPath, type Path, type Sample } from "./path.ts";

export type Round = {
  /** From 1. */
  readonly number: number;
  readonly subject: string;
  /** Null if the round failed. */
  readonly sample: Sample | null;
  /** Why it failed. */
  readonly error: string | null;
  readonly tookMs: number;
};

export type PathRun = {
  readonly name: string;
  /** How many rounds were to be run. */
  readonly planned: number;
  readonly rounds: readonly Round[];
  readonly notes: readonly string[];
  /** Why the path did not start or stopped before its end; null if it did neither. */
  readonly problem: string | null;
  /** The problem is that this machine lacks something. */
  readonly isUnavailable: boolean;
};

/**
 * Runs a path's rounds: in each round every subject once, one after the other, beginning with another one each time, so that
 * a machine that becomes slower or faster affects all alike.
 *
 * @param isStopping asked before each subject's turn
 * @param onBegin is given what is measured so far, which grows: all there is of a path that an interrupt ends
 */
export async function runPath(
  path: Path,
  bench: Bench,
  isStopping: () => boolean,
  onBegin: (soFar: PathRun) => void = () => undefined,
): Promise<PathRun> {
  const length = bench.isQuick ? "quick" : "full";
  const [planned, warmUps] = [path.rounds[length], path.warmUps[length]];
  const rounds: Round[] = [];
  const run = { name: path.name, planned, rounds };
  onBegin({ ...run, notes: [], problem: INTERRUPTED, isUnavailable: false });
  let open: OpenPath;
  try {
    open = await path.open(bench);
  } catch (error) {
    const isUnavailable = error instanceof NotAvailable;
    return { ...run, notes: [], problem: messageOf(error), isUnavailable };
  }
  const end = { problem: null as string | null, notes: [] as readonly string[] };
  try {
    for (let number = 1 - warmUps; number <= planned; number += 1) {
      for (const subject of rotated(open.subjects, number + warmUps)) {
        if (isStopping()) throw new Error(INTERRUPTED);
        const round = await runRound(number, subject);
        bench.print(progressOf(path, planned, round));
        // A failed warm-up counts: nothing is left out.
        if (number > 0 || round.error !== null) rounds.push(round);
      }
    }
    end.notes = open.notes?.() ?? [];
  } catch (error) {
    end.problem = messageOf(error);
  }
  await open.close().catch((error: unknown) => {
    end.problem ??= `could not be closed: ${messageOf(error)}`;
  });
  return { ...run, ...end, isUnavailable: false };
}

const INTERRUPTED = "interrupted";

async function runRound(
  number: number,
  { name, run }: OpenPath["subjects"][number],
): Promise<Round> {
  const began = performance.now();
  const base = { number, subject: name };
  try {
    const sample = await run();
    const broken = Object.entries(sample).find(([, value]) => !Number.isFinite(value));
    if (broken !== undefined) throw new Error(`${broken[0]} is ${broken[1]}`);
    return { ...base, sample, error: null, tookMs: performance.now() - began };
  } catch (error) {
    return { ...base, sample: null, error: messageOf(error), tookMs: performance.now() - began };
  }
}

function rotated<Item>(items: readonly Item[], by: number): readonly Item[] {
  const at = by % items.length;
  return [...items.slice(at), ...items.slice(0, at)];
}

function progressOf({ name, measures }: Path, planned: number, round: Round): string {
  const { number, subject, sample, error, tookMs } = round;
  const which = number > 0 ? `round ${number} of ${planned}` : "warm-up";
  const values = measures
    .filter(({ key }) => sample?.[key] !== undefined)
    .slice(0, 3)
    .map(({ key, unit, title }) => `${title} ${(sample?.[key] ?? 0).toPrecision(4)} ${unit}`);
  const result = error === null ? values.join(", ") : `FAILED: ${error.split("\n", 1)[0] ?? ""}`;
  return `${name}, ${which}, ${subject} (${(tookMs / 1_000).toFixed(1)} s): ${result}`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
