import { judge } from "./oracle/judge.ts";
import type { Finding } from "./oracle/ledger.ts";
import { planOf } from "./plan.ts";
import { live } from "./simulation-run.ts";
import { countFences, Tally } from "./tally.ts";

export type Run = {
  readonly broken: readonly { readonly seed: number; readonly findings: readonly Finding[] }[];
  readonly tally: Tally;
};

/** Lives the worlds of so many seeds, one after the other, and judges each. */
export async function simulate(given: {
  readonly from: number;
  readonly seeds: number;
  readonly onProgress?: (done: number, broken: number) => void;
  /** Ends with the first world that this says yes to. */
  readonly until?: (findings: readonly Finding[]) => boolean;
}): Promise<Run> {
  const { from, seeds, onProgress, until } = given;
  const broken: { seed: number; findings: readonly Finding[] }[] = [];
  const tally = new Tally();
  for (let seed = from; seed < from + seeds; seed += 1) {
    const life = await live(planOf(seed));
    const findings = await judge(life);
    countFences(life);
    tally.add(life.tally);
    if (findings.length > 0) broken.push({ seed, findings });
    onProgress?.(seed - from + 1, broken.length);
    if (until?.(findings) === true) break;
  }
  return { broken, tally };
}
