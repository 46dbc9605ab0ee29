import { Worker } from "@temporalio/worker";
import { afterAll, beforeAll, expect, test } from "vitest";
import { DEFAULT_POLICY } from "../../domain/policy.ts";
import { HOUR_MS } from "../../domain/values/time.ts";
import { workflowBundlePath } from "../support/build.ts";
import { scripted } from "../support/system/failed-charge.ts";
import { openStage, type Stage } from "../support/system/test-system.ts";
import { until } from "../support/until.ts";

let stage: Stage;

beforeAll(async () => {
  // The second read is due while other work is in flight.
  stage = await openStage({ policy: { ...DEFAULT_POLICY, openingRereadMs: 120 } });
});
afterAll(() => stage.close());

/** Before the timer was made independent of the clock, one or two in a hundred could not be replayed. */
const AT_ONCE = 120;

test("recoveries that are queried all the time can be replayed: no decision of the workflow depends on its clock at replay", async () => {
  const { control } = stage.sandbox;
  const ids: string[] = [];
  for (let count = 0; count < AT_ONCE; count += 1) {
    ids.push(await scripted(control, [{ decline: "INSUFFICIENT_FUNDS" }]));
  }
  await Promise.all(ids.map((id) => control.charge(id)));
  await Promise.all(
    ids.map((id) =>
      until(async () => (await stage.view(id)).recovery.plan !== null, {
        what: `${id} to wait`,
        timeoutMs: 60_000,
      }),
    ),
  );
  await Promise.all(ids.map((id) => stage.skip(id, HOUR_MS)));
  const broken: string[] = [];
  for (const id of ids) {
    const history = await stage.handle(id).fetchHistory();
    const workflowBundle = { codePath: workflowBundlePath() };
    await Worker.runReplayHistory({ workflowBundle }, history, `recovery-${id}`).catch(
      (error: unknown) => broken.push(`${id}: ${String(error)}`),
    );
  }
  expect(broken).toEqual([]);
}, 180_000);
