import { expect, test } from "vitest";
import { interruptDemo, type Interrupted } from "../support/faults/interrupts.ts";

const STARTS = 20;
const SEED = 20_261_125;

/** Seeded, so that every run stops the demo at the same moments. */
function* random(seed: number): Generator<number> {
  for (let state = seed; ;) {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    yield state / 2_147_483_648;
  }
}

test("twenty demos, each stopped by Ctrl-C at a random moment, leave no process running", async () => {
  const found: Interrupted[] = [];
  const moments = random(SEED);
  for (let start = 0; start < STARTS; start += 1) {
    const afterMs = Math.round(200 + Number(moments.next().value) * 14_000);
    found.push(await interruptDemo(afterMs, "SIGINT"));
  }
  console.log(found.map(({ afterMs, ended }) => `${afterMs} ms: ${ended}`).join("\n"));
  expect(found.flatMap(({ left }) => left)).toEqual([]);
});
