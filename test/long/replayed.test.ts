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
  // Wake-ups that come while other things are under way.
  stage = await openStage({ policy: { ...DEFAULT_POLICY, openingRereadMs: 120 } });
});
afterAll(() => stage.close());

/** Without the mend it was one or two in a hundred that could not. */
const AT_ONCE = 120;

test("recoveries that are asked how they stand all the while can be replayed: the workflow asks its clock nothing that replay would answer otherwise", async () => {
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
