import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import { createActor } from "../../../dev/demo/actor.ts";
import type { RecoveryView } from "../../../workflows/contract.ts";

const VIEW = {} as RecoveryView;
const ANY_TIME = { until: null, isInRealTime: false } as const;

test("a turn ends only when the person waits again, however long the action takes", async () => {
  const actor = createActor();
  const done: string[] = [];
  let isThere = false;
  actor.start(async () => {
    await actor.wait({ find: () => (isThere ? true : null), ...ANY_TIME });
    await delay(200);
    done.push("paid");
  });
  expect(await actor.takeTurn(VIEW)).toBe(false);
  isThere = true;
  expect(await actor.takeTurn(VIEW)).toBe(true);
  expect(done).toEqual(["paid"]);
  expect(actor.waiting()).toBeNull();
});

test("an action that fails makes the turn fail", async () => {
  const actor = createActor();
  actor.start(async () => {
    await actor.wait({ find: () => true, ...ANY_TIME });
    throw new Error("the button answered 500");
  });
  await expect(actor.takeTurn(VIEW)).rejects.toThrow("the button answered 500");
});
