import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { drawPlan } from "../../dev/simulator/draw-plan.ts";
import { findViolations } from "../../dev/simulator/oracle/find-violations.ts";
import type { Plan } from "../../dev/simulator/plan.ts";
import { runPlan } from "../../dev/simulator/run-plan.ts";
import { simulate } from "../../dev/simulator/simulate.ts";
import { formatTally, zeroCountsOf } from "../../dev/simulator/tally.ts";
import { transcriptOf } from "../../dev/simulator/transcript.ts";
import { ROOT } from "../support/documents.ts";

/** Fixed, so that every change faces the same worlds. */
const FROM = 1;
const SEEDS = 2_000;

const known = join(ROOT, "test/simulator/known");

test(`seeds ${FROM} to ${FROM + SEEDS - 1} violate no invariant, and together show every fault and safeguard`, async () => {
  const { failures, tally } = await simulate({ from: FROM, seeds: SEEDS });
  console.log(`Seeds ${FROM} to ${FROM + SEEDS - 1}\n${formatTally(tally)}`);
  expect(failures).toEqual([]);
  expect(zeroCountsOf(tally)).toEqual([]);
});

test.each(readdirSync(known))("the known world %s violates no invariant", async (name) => {
  const plan = JSON.parse(readFileSync(join(known, name), "utf8")) as Plan;
  const run = await runPlan(plan);
  const violations = await findViolations(run);
  expect(violations, transcriptOf(run, violations)).toEqual([]);
});

test("the same seed runs the same way twice", async () => {
  const transcript = async (seed: number): Promise<string> => {
    const run = await runPlan(drawPlan(seed));
    return transcriptOf(run, await findViolations(run));
  };
  for (const seed of [3, 7, 11, 19]) expect(await transcript(seed)).toBe(await transcript(seed));
});
