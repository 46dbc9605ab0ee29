import type { Machine } from "../machine/machine.ts";
import type { PathRun } from "../run/run-path.ts";
import type { PathSummary } from "./summary.ts";

/** One run of the command, as its JSON file has it. */
export type Results = {
  /** As it was typed. */
  readonly command: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly tookMs: number;
  /** Null outside a repository. A `+` at its end: files differed from the commit. */
  readonly commit: string | null;
  readonly temporal: string | null;
  readonly isQuick: boolean;
  readonly machine: Machine;
  /** Of the cores' time during the run, 0 to 1; null where the system does not say. */
  readonly steal: number | null;
  readonly wasInterrupted: boolean;
  readonly summaries: readonly PathSummary[];
  /** Every round. */
  readonly runs: readonly PathRun[];
};

/** A run is complete if every round of every path has its values. What this machine lacks is no failure. */
export function isComplete({ summaries, wasInterrupted }: Results): boolean {
  return (
    !wasInterrupted &&
    summaries.every(
      ({ problem, isUnavailable, failures }) =>
        isUnavailable || (problem === null && failures.length === 0),
    )
  );
}
