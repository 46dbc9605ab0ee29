import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { judge } from "../../dev/simulator/oracle/judge.ts";
import { type Plan, planOf } from "../../dev/simulator/plan.ts";
import { simulate } from "../../dev/simulator/simulate.ts";
import { live } from "../../dev/simulator/simulation-run.ts";
import { describeTally, missingFrom } from "../../dev/simulator/tally.ts";
import { tell } from "../../dev/simulator/transcript.ts";
import { ROOT } from "../support/documents.ts";

/** Fixed, so that every change is asked of the same worlds. */
const FROM = 1;
const SEEDS = 2_000;

const known = join(ROOT, "test/simulator/known");

test(`worlds ${FROM} to ${FROM + SEEDS - 1} are lived lawfully, and every adversity is among them`, async () => {
  const { broken, tally } = await simulate({ from: FROM, seeds: SEEDS });
  console.log(`seeds ${FROM} to ${FROM + SEEDS - 1}\n${describeTally(tally)}`);
  expect(broken).toEqual([]);
  expect(missingFrom(tally)).toEqual([]);
}, 300_000);

test.each(readdirSync(known))("known world: %s", async (name) => {
  const plan = JSON.parse(readFileSync(join(known, name), "utf8")) as Plan;
  const life = await live(plan);
  const findings = await judge(life);
  expect(findings, tell(life, findings)).toEqual([]);
});

test("the same world is lived the same way twice", async () => {
  const told = async (seed: number): Promise<string> => {
    const life = await live(planOf(seed));
    return tell(life, await judge(life));
  };
  for (const seed of [3, 7, 11, 19]) expect(await told(seed)).toBe(await told(seed));
});
