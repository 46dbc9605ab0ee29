import { historyFromJSON, historyToJSON } from "@temporalio/common/lib/proto-utils.js";
import type { WorkflowHandle } from "@temporalio/client";
import { DefaultLogger, Runtime, Worker } from "@temporalio/worker";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { workflowCodeOf } from "../../worker/bundle/workflow-bundle.ts";
import { type Bench, type OpenPath, type Path, PRODUCT, type Sample } from "../run/path.ts";
import { observe } from "../sides/observe.ts";
import { SHORT_POLICY } from "../sides/policy.ts";
import { runRecoveries } from "../sides/recoveries.ts";
import { bundleOf, openFloor, openProduct, type Side } from "../sides/side.ts";

const FLOOR = "hand-written";

export const replay: Path = {
  name: "replay",
  title: "replay of a four-attempt recovery",
  rounds: { full: 9, quick: 2 },
  warmUps: { full: 1, quick: 1 },
  measures: [
    {
      key: "perTaskMs",
      title: "CPU a workflow task",
      unit: "ms",
      against: [{ subject: FLOOR, goal: { atMost: 1.4 } }],
    },
    { key: "perReplayMs", title: "CPU a replay", unit: "ms", against: [{ subject: FLOOR }] },
    { key: "tasks", title: "workflow tasks", unit: "" },
    { key: "events", title: "events", unit: "" },
  ],
  open,
};

type Replayed = {
  readonly history: Awaited<ReturnType<WorkflowHandle["fetchHistory"]>>;
  readonly workflowId: string;
  /** The workflows' code as the side's worker runs it. */
  readonly code: string;
};

/** The first charge and two retries fail; the third retry succeeds. */
const FAILURES = 3;

async function open(bench: Bench): Promise<OpenPath> {
  Runtime.install({ logger: new DefaultLogger("ERROR"), shutdownSignals: [] });
  const [product, floor] = await histories(bench);
  const copies = bench.isQuick ? 20 : 60;
  return {
    subjects: [
      { name: PRODUCT, run: async () => await measure(product, copies) },
      { name: FLOOR, run: async () => await measure(floor, copies) },
    ],
    notes: () => [
      `${copies} replays a round by one worker, of the history that a recovery of this run left.`,
    ],
    close: async () => await Promise.resolve(),
  };
}

/** Has each side make one recovery. What makes them is stopped before the rounds. */
async function histories(bench: Bench): Promise<readonly [Replayed, Replayed]> {
  const bundlePath = join(bench.root, "dist", "workflow-bundle.js");
  const codeOfProduct = await workflowCodeOf({ bundlePath }, false);
  const codeOfFloor = readFileSync(await bundleOf(bench, "recovery/workflow"), "utf8");
  const product = await openProduct(bench, { policy: SHORT_POLICY });
  const observed = await observe(bench, "replay", product, { failures: FAILURES });
  const floor = await openFloor(bench, observed.files);
  const ofProduct = await historyOf(product, observed.subscriptionId, codeOfProduct);
  const { subscriptionIds } = await runRecoveries(floor, { count: 1, failures: FAILURES });
  const ofFloor = await historyOf(floor, subscriptionIds[0] ?? "", codeOfFloor);
  await Promise.all([product.close(), floor.close()]);
  return [ofProduct, ofFloor];
}

async function historyOf(side: Side, subscriptionId: string, code: string): Promise<Replayed> {
  const workflowId = side.workflowIdOf(subscriptionId);
  const fetched = await side.client.workflow.getHandle(workflowId).fetchHistory();
  // As a file would have it: a fetched history keeps its connection's types.
  return { history: historyFromJSON(JSON.parse(historyToJSON(fetched))), workflowId, code };
}

async function measure({ history, workflowId, code }: Replayed, copies: number): Promise<Sample> {
  const events = history.events ?? [];
  const tasks = events.filter((event) => event.workflowTaskCompletedEventAttributes != null).length;
  const before = process.cpuUsage();
  const results = Worker.runReplayHistories(
    { workflowBundle: { code }, replayName: "bench" },
    Array.from({ length: copies }, () => ({ workflowId, history })),
  );
  let replayed = 0;
  for await (const { error } of results) {
    if (error !== undefined) throw error;
    replayed += 1;
  }
  if (replayed !== copies) throw new Error(`${replayed} replays instead of ${copies}`);
  const { user, system } = process.cpuUsage(before);
  const perReplayMs = (user + system) / 1_000 / copies;
  return { perReplayMs, perTaskMs: perReplayMs / tasks, tasks, events: events.length };
}
