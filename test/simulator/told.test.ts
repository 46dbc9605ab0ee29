import { describe, expect, test } from "vitest";
import { judge } from "../../dev/simulator/oracle/judge.ts";
import { planOf } from "../../dev/simulator/plan.ts";
import { live } from "../../dev/simulator/simulation-run.ts";
import { tell } from "../../dev/simulator/transcript.ts";
import { differenceFrom } from "../support/recorded-text.ts";

const SEEDS = 100;
const A_FILE = 10;

const files = Array.from({ length: SEEDS / A_FILE }, (_, file) => ({ from: 1 + file * A_FILE }));

/**
 * The first worlds as they were lived: a rule that changes shows here whom it reaches. The oracle says whether that is
 * lawful; whoever reads the difference says whether it was meant: `npm run stories:record`.
 */
describe("worlds are lived as before", () => {
  test.each(files)("from seed $from", async ({ from }) => {
    const told: string[] = [];
    for (let seed = from; seed < from + A_FILE; seed += 1) {
      const life = await live(planOf(seed));
      told.push(`World ${seed}\n${tell(life, await judge(life))}\n`);
    }
    const name = `${String(from).padStart(3, "0")}.txt`;
    expect(differenceFrom(`test/simulator/told/${name}`, told.join("\n"))).toBeNull();
  });
});
