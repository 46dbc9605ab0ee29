import { expect, test } from "vitest";
import { createUnsettled } from "../../../dev/soak/settle.ts";

/** Recoveries in these states, ten minutes after they began. `look` lets another ten minutes pass. */
function setUp(states: Record<string, string | null>) {
  let minute = 0;
  const paid: string[] = [];
  const unsettled = createUnsettled({
    stateOf: async (id) => await Promise.resolve(states[id] ?? null),
    pay: async (id) => await Promise.resolve(paid.push(id)),
    now: () => minute * 60_000,
  });
  for (const id of Object.keys(states)) unsettled.add(id);
  const look = async (): Promise<number> => {
    minute += 10;
    await unsettled.settle();
    return unsettled.count();
  };
  return { unsettled, look, paid };
}

test("the soak's customer pays where a recovery has needed attention for ten minutes", async () => {
  const states: Record<string, string | null> = { sub_1: "needs_attention" };
  const { unsettled, look, paid } = setUp(states);
  await unsettled.settle();
  expect(paid).toEqual([]);
  await look();
  expect(paid).toEqual(["sub_1"]);
  states["sub_1"] = "ended";
  expect(await look()).toBe(0);
  expect(paid).toEqual(["sub_1"]);
});

test("the soak's customer leaves alone what still runs, has ended or is unknown", async () => {
  const states = { sub_1: "charging", sub_2: "ended", sub_3: null };
  const { look, paid } = setUp(states);
  expect(await look()).toBe(2);
  expect(paid).toEqual([]);
});

test("as many recoveries stay unsettled, however long the soak takes", async () => {
  const states: Record<string, string> = {};
  const { unsettled, look, paid } = setUp(states);
  const counts: number[] = [];
  for (let turn = 0; turn < 20; turn += 1) {
    for (const id of paid) states[id] = "ended";
    for (let one = 0; one < 5; one += 1) {
      const id = `sub_${turn}_${one}`;
      states[id] = one < 2 ? "needs_attention" : "ended";
      unsettled.add(id);
    }
    counts.push(await look());
  }
  expect(new Set(counts.slice(2)).size).toBe(1);
});
