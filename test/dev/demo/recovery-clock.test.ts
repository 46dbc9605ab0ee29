import { type Client, type Connection, WorkflowNotFoundError } from "@temporalio/client";
import { expect, test } from "vitest";
import { createRecoveryClock } from "../../../dev/demo/recovery-clock.ts";
import { newRecovery } from "../../../domain/state/recovery.ts";
import type { SubscriptionId } from "../../../domain/values/ids.ts";
import type { Instant } from "../../../domain/values/time.ts";
import type { SandboxClient } from "../../../sandbox/control/client.ts";

const ID = "sub_1" as SubscriptionId;

type Step = { readonly pendingActivities?: readonly object[]; readonly historyLength?: number };

/** A server whose recovery is at the next of these steps each time it is described; null: there is none. */
function setUp(steps: readonly (Step | null)[], isIdle: () => boolean) {
  let described = 0;
  const handle = {
    describe: async () => {
      const step = steps[Math.min(described, steps.length - 1)] ?? null;
      described += 1;
      if (step === null) throw new WorkflowNotFoundError("none", `recovery-${ID}`, undefined);
      const { pendingActivities = [], historyLength = 10 } = step;
      const raw = { pendingActivities };
      return await Promise.resolve({
        runId: "r1",
        status: { name: "RUNNING" },
        historyLength,
        raw,
      });
    },
    query: async () =>
      await Promise.resolve({
        recovery: newRecovery(ID, Date.now() as Instant),
        next: { at: null, what: "the next event" },
        timeline: [],
      }),
  };
  const client = { workflow: { getHandle: () => handle } } as unknown as Client;
  const control = {
    isIdle: async () => await Promise.resolve(isIdle()),
  } as unknown as SandboxClient;
  const clock = createRecoveryClock({} as Connection, "default", client, control);
  return { clock, described: () => described };
}

test("a recovery that a webhook opens while Temporal is read is not missed", async () => {
  const { clock } = setUp([null, {}], () => true);
  expect(await clock.settle(ID)).toMatchObject({ runId: "r1" });
});

test("a subscription without a recovery and without a webhook under way has none", async () => {
  const { clock } = setUp([null], () => true);
  expect(await clock.settle(ID)).toBeNull();
});

test("a recovery is settled only once no activity, webhook or history event is under way", async () => {
  const activity = { activityType: { name: "readDodo" } };
  let asked = 0;
  const { clock, described } = setUp(
    [
      { pendingActivities: [activity] },
      {},
      { historyLength: 10 },
      { historyLength: 13 },
      { historyLength: 13 },
    ],
    () => (asked += 1) > 2,
  );
  expect(await clock.settle(ID)).toMatchObject({ hasEnded: false });
  expect(described()).toBeGreaterThanOrEqual(5);
});
