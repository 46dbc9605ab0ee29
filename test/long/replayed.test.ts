import { WorkflowNotFoundError } from "@temporalio/client";
import { Worker } from "@temporalio/worker";
import { afterAll, beforeAll, expect, test } from "vitest";
import { subscriptionReported } from "../../dev/model/events.ts";
import { DEFAULT_POLICY } from "../../domain/policy.ts";
import { HOUR_MS } from "../../domain/values/time.ts";
import { RECOVERY_EVENT_SIGNAL, RECOVERY_QUERY, UPDATES } from "../../workflows/contract.ts";
import { workflowBundlePath } from "../support/build.ts";
import { scriptedSubscription } from "../support/system/failed-charge.ts";
import { startTestSystem, type TestSystem } from "../support/system/test-system.ts";
import { until } from "../support/until.ts";

let system: TestSystem;

beforeAll(async () => {
  // The second read is due while other work is in flight.
  system = await startTestSystem({ policy: { ...DEFAULT_POLICY, openingRereadMs: 120 } });
});
afterAll(() => system.close());

/** Before the timer was made independent of the clock, one or two in a hundred could not be replayed. */
const AT_ONCE = 120;

/** Those whose history the workflow code cannot replay, with the error. */
async function notReplayable(ids: readonly string[]): Promise<string[]> {
  const broken: string[] = [];
  for (const id of ids) {
    const history = await system.handle(id).fetchHistory();
    const workflowBundle = { codePath: workflowBundlePath() };
    await Worker.runReplayHistory({ workflowBundle }, history, `recovery-${id}`).catch(
      (error: unknown) => broken.push(`${id}: ${String(error)}`),
    );
  }
  return broken;
}

/** A recovery may close before a webhook reaches it. */
function ignoreClosed(error: unknown): void {
  if (!(error instanceof WorkflowNotFoundError)) throw error;
}

/** Queries serve to disturb: one may find the recovery closed, or a worker without time for it. */
const ignore = (): void => undefined;

test("recoveries that are queried all the time can be replayed: no decision of the workflow depends on its clock at replay", async () => {
  const { control } = system.sandbox;
  const ids: string[] = [];
  for (let count = 0; count < AT_ONCE; count += 1) {
    ids.push(await scriptedSubscription(control, [{ decline: "INSUFFICIENT_FUNDS" }]));
  }
  await Promise.all(ids.map((id) => control.charge(id)));
  await Promise.all(
    ids.map((id) =>
      until(async () => (await system.readView(id)).recovery.plan !== null, {
        what: `${id} to wait`,
      }),
    ),
  );
  await Promise.all(ids.map((id) => system.skipTime(id, HOUR_MS)));
  expect(await notReplayable(ids)).toEqual([]);
});

/** Webhooks that each recovery receives while it is queried, decided on and ended. */
const WEBHOOKS = 24;
const UNDER_WEBHOOKS = 40;

test("recoveries that receive webhooks while they are queried can be replayed, up to their end", async () => {
  const { control } = system.sandbox;
  const ids: string[] = [];
  for (let count = 0; count < UNDER_WEBHOOKS; count += 1) {
    ids.push(await scriptedSubscription(control, [{ decline: "STOLEN_CARD" }]));
  }
  await Promise.all(ids.map((id) => control.charge(id)));
  await Promise.all(
    ids.map((id) =>
      until(async () => (await system.readView(id)).recovery.customerAction !== null, {
        what: `${id} to ask the customer`,
      }),
    ),
  );
  await Promise.all(
    ids.map(async (id) => {
      const handle = system.handle(id);
      for (let number = 0; number < WEBHOOKS; number += 1) {
        const event = {
          ...subscriptionReported("subscription.updated", "on_hold"),
          webhookId: `msg_${id}_${number}`,
        };
        const signal = handle.signal(RECOVERY_EVENT_SIGNAL, event).catch(ignoreClosed);
        if (number === WEBHOOKS / 2) {
          await handle.executeUpdate(UPDATES.writeOff, { args: [{ by: "test" }] });
        }
        await Promise.all([signal, handle.query(RECOVERY_QUERY).catch(ignore)]);
      }
      await handle.result();
    }),
  );
  expect(await notReplayable(ids)).toEqual([]);
});
