import { actionsOf } from "../machine/actions.ts";
import { cpuDuring } from "../machine/process-usage.ts";
import { type Bench, type OpenPath, type Path, PRODUCT, type Sample } from "../run/path.ts";
import { observe } from "../sides/observe.ts";
import { SHORT_POLICY } from "../sides/policy.ts";
import { endingAll, historySizes, runRecoveries } from "../sides/recoveries.ts";
import { openFloor, openProduct, type Side } from "../sides/side.ts";

const FLOOR = "hand-written";

export const recovery: Path = {
  name: "recovery",
  title: "a recovery of four attempts and five mails, by webhooks, to its end",
  rounds: { full: 7, quick: 1 },
  warmUps: { full: 1, quick: 0 },
  measures: [
    { key: "actions", title: "Actions", unit: "", goal: { atMost: 50 } },
    { key: "events", title: "events", unit: "", goal: { atMost: 130 } },
    { key: "allEvents", title: "events, its other workflows included", unit: "" },
    {
      key: "kilobytes",
      title: "history, its other workflows included",
      unit: "KB",
      goal: { atMost: 32 },
    },
    { key: "calls", title: "calls to Dodo", unit: "", goal: { atMost: 28 } },
    { key: "mails", title: "mails", unit: "" },
    {
      key: "workerMs",
      title: "worker CPU",
      unit: "ms",
      against: [{ subject: FLOOR, goal: { atMost: 1.5 } }],
    },
    {
      key: "serverMs",
      title: "Temporal server CPU",
      unit: "ms",
      against: [{ subject: FLOOR, goal: { atMost: 1.3 } }],
    },
    { key: "gatewayMs", title: "gateway CPU", unit: "ms", against: [{ subject: FLOOR }] },
  ],
  open,
};

/** The first charge and two retries fail; the third retry succeeds. */
const FAILURES = 3;

async function open(bench: Bench): Promise<OpenPath> {
  const product = await openProduct(bench, { policy: SHORT_POLICY });
  const observed = await observe(bench, "recovery", product, { failures: FAILURES });
  const floor = await openFloor(bench, observed.files);
  const count = bench.isQuick ? 8 : 30;
  const run = (side: Side) => async () =>
    await endingAll(side.client, async () => await measure(side, count, observed.mails));
  return {
    subjects: [
      { name: PRODUCT, run: run(product) },
      { name: FLOOR, run: run(floor) },
    ],
    notes: () => [
      `${count} recoveries at a time, with seconds instead of days between their steps.`,
      `The calls of one recovery of the product, and so of the floor: ${observed.calls}.`,
    ],
    close: async () => {
      await Promise.all([product.close(), floor.close()]);
    },
  };
}

async function measure(side: Side, count: number, mails: number): Promise<Sample> {
  const { control } = side.sandbox;
  await control.reset();
  const since = new Date();
  const actionsBefore = await actionsOf(side.metricsPort, side.temporal.namespace);
  const { result, cpu } = await cpuDuring(
    side.pids,
    async () => await runRecoveries(side, { count, failures: FAILURES }),
  );
  const actions = (await actionsOf(side.metricsPort, side.temporal.namespace)) - actionsBefore;
  const { own, all } = await historySizes(side, result.subscriptionIds, since);
  const requests = await control.requests();
  if (result.mails !== mails * count)
    throw new Error(`${result.mails} mails instead of ${mails * count}: the machine is too slow`);
  return {
    actions: actions / count,
    events: own.events / count,
    allEvents: all.events / count,
    kilobytes: all.bytes / 1_024 / count,
    calls: requests.length / count,
    mails: result.mails / count,
    workerMs: cpu.worker / count,
    serverMs: cpu.server / count,
    gatewayMs: cpu.gateway / count,
  };
}
