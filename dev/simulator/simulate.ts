import { countRun } from "./count-run.ts";
import { drawPlan } from "./draw-plan.ts";
import { findViolations } from "./oracle/find-violations.ts";
import type { Violation } from "./oracle/violation.ts";
import { runPlan } from "./run-plan.ts";
import { Tally } from "./tally.ts";

export type SimulationResult = {
  /** Seeds whose run violated an invariant. */
  readonly failures: readonly {
    readonly seed: number;
    readonly violations: readonly Violation[];
  }[];
  readonly tally: Tally;
};

/** Simulates the worlds of `seeds` seeds, one after the other, and judges each. */
export async function simulate(given: {
  readonly from: number;
  readonly seeds: number;
  readonly onProgress?: (done: number, failures: number) => void;
  /** Stops after the first run for whose violations this is true. */
  readonly until?: (violations: readonly Violation[]) => boolean;
}): Promise<SimulationResult> {
  const { from, seeds, onProgress, until } = given;
  const failures: { seed: number; violations: readonly Violation[] }[] = [];
  const tally = new Tally();
  for (let seed = from; seed < from + seeds; seed += 1) {
    const run = await runPlan(drawPlan(seed));
    const violations = await findViolations(run);
    countRun(run);
    tally.add(run.tally);
    if (violations.length > 0) failures.push({ seed, violations });
    onProgress?.(seed - from + 1, failures.length);
    if (until?.(violations) === true) break;
  }
  return { failures, tally };
}
