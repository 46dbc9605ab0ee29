import { expect, test } from "vitest";
import { drawPlan } from "../../dev/simulator/draw-plan.ts";
import { findViolations } from "../../dev/simulator/oracle/find-violations.ts";
import { runPlan } from "../../dev/simulator/run-plan.ts";
import { transcriptOf } from "../../dev/simulator/transcript.ts";
import { differenceFrom } from "../support/recorded-text.ts";

const SEEDS_PER_FILE = 10;

/** The three tens of the first hundred seeds that cover the most rules: 57 of their 63. */
const FIRST_SEEDS = [21, 31, 51];

/**
 * The oracle says whether a change is safe; a difference here shows which recoveries it affects. Record them again with
 * `npm run stories:record`.
 */
test.each(FIRST_SEEDS)("the ten worlds from seed %i run as recorded", async (from) => {
  const transcripts: string[] = [];
  for (let seed = from; seed < from + SEEDS_PER_FILE; seed += 1) {
    const run = await runPlan(drawPlan(seed));
    transcripts.push(`Seed ${seed}\n${transcriptOf(run, await findViolations(run))}\n`);
  }
  const name = `${String(from).padStart(3, "0")}.txt`;
  const path = `test/simulator/transcripts/${name}`;
  expect(differenceFrom(path, transcripts.join("\n"))).toBeNull();
});
