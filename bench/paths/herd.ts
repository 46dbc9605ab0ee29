import { setTimeout as delay } from "node:timers/promises";
import { cpuDuring } from "../machine/process-usage.ts";
import { type Bench, type OpenPath, type Path, PRODUCT, type Sample } from "../run/path.ts";
import { observe } from "../sides/observe.ts";
import { herdPolicy } from "../sides/policy.ts";
import { endingAll, openCalmly, untilCollected } from "../sides/recoveries.ts";
import type { Job } from "../peers/attempt.ts";
import type { RequestEntry } from "../../sandbox/model/state/logs.ts";
import { openPeers, type Peer } from "../peers/open-peers.ts";
import { until } from "../run/until.ts";
import { openFloor, openProduct, type Side } from "../sides/side.ts";
import { punctualityOf } from "./punctuality.ts";

const FLOOR = "hand-written";

export const herd: Path = {
  name: "herd",
  title: "200 attempts due at one instant, without a rate limit at Dodo",
  rounds: { full: 7, quick: 1 },
  warmUps: { full: 0, quick: 0 },
  measures: [
    {
      key: "rate",
      title: "attempts a second, from the first to the last",
      unit: "",
      goal: { atLeast: 60 },
      against: [{ subject: FLOOR }],
    },
    {
      key: "steadyRate",
      title: "attempts a second, of the middle four fifths",
      unit: "",
      against: [{ subject: FLOOR }],
    },
    { key: "lastS", title: "last one after it was due", unit: "s" },
    {
      key: "lateS",
      title: "most that attempt k started after k ÷ that rate",
      unit: "s",
      goal: { atMost: 2 },
    },
    { key: "workerMs", title: "worker CPU an attempt", unit: "ms", against: [{ subject: FLOOR }] },
    {
      key: "serverMs",
      title: "Temporal server CPU an attempt",
      unit: "ms",
      against: [{ subject: FLOOR }],
    },
  ],
  open,
};

/** The failed charge, and the retry that succeeds. */
const FAILURES = 1;
/** Before they are due, nothing may be left to do of the openings. */
const QUIET_MS = 1_000;

type Herd = { readonly count: number; readonly gapMs: number };

async function open(bench: Bench): Promise<OpenPath> {
  const { count, gapMs }: Herd = bench.isQuick
    ? { count: 40, gapMs: 15_000 }
    : { count: 200, gapMs: 75_000 };
  const product = await openProduct(bench, { policy: herdPolicy(gapMs / 1_000) });
  const observed = await observe(bench, "herd", product, { failures: FAILURES });
  const floor = await openFloor(bench, observed.files);
  const { peers, missing } = await openPeers(bench, observed.files);
  const run = (side: Side) => async () =>
    await endingAll(side.client, async () => await measure(side, { count, gapMs }));
  return {
    subjects: [
      { name: PRODUCT, run: run(product) },
      { name: FLOOR, run: run(floor) },
      ...peers.map((peer) => ({
        name: peer.name,
        run: async () => await measurePeer(peer, count),
      })),
    ],
    notes: () => [
      `${count} attempts. From the instant at which they are due to the end of the last recovery, its mail included.`,
      "A customer has one attempt. The product's pace for each customer is as deployed: one charge in 10 seconds.",
      "The peers keep no history and answer no questions. Each does an attempt's calls, charge and mail in one delayed job.",
      ...missing,
    ],
    close: async () => {
      await Promise.all([product, floor, ...peers].map(async (one) => await one.close()));
    },
  };
}

async function measure(side: Side, { count, gapMs }: Herd): Promise<Sample> {
  const { control } = side.sandbox;
  await control.reset();
  const failedAt = Date.now();
  const dueAt = failedAt + gapMs;
  const ids = await openCalmly(side, { count, failures: FAILURES, failedAt });
  if (Date.now() > dueAt - QUIET_MS)
    throw new Error("recoveries were still being opened when their attempts were due");
  await delay(dueAt - Date.now() - QUIET_MS / 2);
  const { worker, server } = side.pids;
  const { cpu } = await cpuDuring({ worker, server }, async () => await untilCollected(side, ids));
  const requests = await control.requests();
  return {
    ...punctualityOf(dueAt, startsOf(requests, count)),
    workerMs: cpu.worker / count,
    serverMs: cpu.server / count,
  };
}

/** When the charges reached Dodo. */
function startsOf(requests: readonly RequestEntry[], count: number): readonly number[] {
  const starts = requests
    .filter(({ method, mutating }) => method === "POST" && mutating)
    .map(({ receivedAt }) => receivedAt);
  if (starts.length !== count) throw new Error(`${starts.length} charges instead of ${count}`);
  return starts;
}

/** For all jobs to be stored before they are due. */
const ARMED_WITHIN_MS = 5_000;
const PEER_TIMEOUT_MS = 120_000;

async function measurePeer(
  { sandbox: { control }, pid, arm }: Peer,
  count: number,
): Promise<Sample> {
  await control.reset();
  const jobs: Job[] = [];
  for (let one = 0; one < count; one += 1) {
    const { subscriptionId, customerId } = await control.createSubscription({ onDemand: true });
    jobs.push({ subscriptionId, customerId });
  }
  const dueAt = Date.now() + ARMED_WITHIN_MS;
  await arm(jobs, dueAt);
  if (Date.now() > dueAt) throw new Error("the jobs were not stored before they were due");
  await delay(Math.max(dueAt - Date.now() - QUIET_MS / 2, 0));
  const areCollected = async (): Promise<boolean> =>
    (await control.ledger()).subscriptions.every(({ succeeded }) => succeeded === 1);
  const { cpu } = await cpuDuring(
    { worker: pid },
    async () => await until("the peer's charges", areCollected, PEER_TIMEOUT_MS),
  );
  const starts = startsOf(await control.requests(), count);
  return { ...punctualityOf(dueAt, starts), workerMs: cpu.worker / count };
}
