import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { startTemporal } from "../../dev/temporal/server.ts";
import { cpuDuring, residentMb } from "../machine/process-usage.ts";
import { sqliteBytes } from "../machine/sqlite-size.ts";
import { openPeers, type Peer } from "../peers/open-peers.ts";
import { DAY_MS } from "../../domain/values/time.ts";
import { type Bench, type OpenPath, type Path, PRODUCT, type Sample } from "../run/path.ts";
import { startFloor } from "../sides/floor-process.ts";
import { SLEEPING_POLICY } from "../sides/policy.ts";
import { startServer } from "../sides/product.ts";
import { historySizes, openCalmly } from "../sides/recoveries.ts";
import { bundleOf, openProduct } from "../sides/side.ts";

const FLOOR = "bare workflow with the same attributes";

export const sleepers: Path = {
  name: "sleepers",
  title: "recoveries that sleep until their first retry",
  rounds: { full: 7, quick: 1 },
  warmUps: { full: 0, quick: 0 },
  measures: [
    {
      key: "kilobytes",
      title: "database a sleeper",
      unit: "KB",
      against: [{ subject: FLOOR, goal: { atMost: 2 } }],
    },
    { key: "events", title: "events of one, its other workflows included", unit: "" },
    { key: "history", title: "history of one, its other workflows included", unit: "KB" },
    {
      key: "workerMs",
      title: "worker CPU to put one to sleep",
      unit: "ms",
      against: [{ subject: FLOOR }],
    },
    {
      key: "serverMs",
      title: "server CPU to put one to sleep",
      unit: "ms",
      against: [{ subject: FLOOR }],
    },
    {
      key: "rssMb",
      title: "worker RSS with all asleep",
      unit: "MB",
      against: [{ subject: FLOOR }],
    },
  ],
  open,
};

const SETTLE_MS = 3_000;

async function open(bench: Bench): Promise<OpenPath> {
  const count = bench.isQuick ? 60 : 300;
  const empty = await emptyBytes(bench);
  const bundle = await bundleOf(bench, "sleeper/workflow");
  const nothing = join(bench.folder, "no-calls.json");
  writeFileSync(nothing, JSON.stringify({ steps: [], afterSuccess: [] }));
  const { peers, missing } = await openPeers(bench, { PLAN: nothing, MAILS: nothing });
  return {
    subjects: [
      { name: PRODUCT, run: async () => await measureProduct(bench, count, empty) },
      { name: FLOOR, run: async () => await measureFloor(bench, count, empty, bundle) },
      ...peers.map((peer) => ({
        name: peer.name,
        run: async () => await measurePeer(peer),
      })),
    ],
    notes: () => [
      `${count} a round, each round on a new database file (SQLite), without its free pages and without what an empty one has.`,
      `Of a peer, what its store grows by for one delayed job of ${PEER_JOBS}: memory of Redis, files of PostgreSQL.`,
      ...missing,
    ],
    close: async () => {
      await Promise.all(peers.map(async (peer) => await peer.close()));
    },
  };
}

/** As many that the store grows by more than its own blocks. */
const PEER_JOBS = 5_000;

async function measurePeer(peer: Peer): Promise<Sample> {
  const before = await peer.bytes();
  const jobs = Array.from({ length: PEER_JOBS }, (_, at) => ({
    subscriptionId: `sub_j8JVI8cXhQ13SfUl${at}`,
    customerId: `cus_v4dHLa8JdhEtdR1j${at}`,
  }));
  await peer.arm(jobs, Date.now() + 3 * DAY_MS);
  return { kilobytes: ((await peer.bytes()) - before) / 1_024 / PEER_JOBS };
}

/** The database of a server that has done nothing. */
async function emptyBytes(bench: Bench): Promise<number> {
  const dbFilename = newFile(bench);
  const server = await startTemporal({ cli: await bench.cli(), timeSkipping: false, dbFilename });
  bench.cleanup.add(() => server.stop());
  await server.stop();
  return bytesOf(dbFilename);
}

let files = 0;

function newFile({ folder }: Bench): string {
  files += 1;
  return join(folder, `sleepers-${files}.db`);
}

function bytesOf(dbFilename: string): number {
  if (existsSync(`${dbFilename}-wal`)) throw new Error("the database was not closed");
  return sqliteBytes(dbFilename);
}

async function measureProduct(bench: Bench, count: number, empty: number): Promise<Sample> {
  const dbFilename = newFile(bench);
  const side = await openProduct(bench, { policy: SLEEPING_POLICY, dbFilename });
  try {
    const since = new Date();
    const { worker, server } = side.pids;
    const { result: ids, cpu } = await cpuDuring({ worker, server }, async () => {
      const started = await openCalmly(side, { count, failures: 1 });
      await delay(SETTLE_MS);
      return started;
    });
    const rssMb = residentMb(worker);
    const { all } = await historySizes(side, ids, since);
    await side.close();
    return {
      kilobytes: (bytesOf(dbFilename) - empty) / 1_024 / count,
      events: all.events / count,
      history: all.bytes / 1_024 / count,
      workerMs: cpu.worker / count,
      serverMs: cpu.server / count,
      rssMb,
    };
  } finally {
    await side.close();
  }
}

async function measureFloor(
  bench: Bench,
  count: number,
  empty: number,
  bundle: string,
): Promise<Sample> {
  const dbFilename = newFile(bench);
  const temporal = await startServer(bench, { dbFilename });
  const env = { TEMPORAL_ADDRESS: temporal.address, BUNDLE: bundle };
  const floor = await startFloor(bench, "sleeper/worker", env);
  try {
    const pids = { worker: floor.pid, server: temporal.pid };
    const { cpu } = await cpuDuring(pids, async () => {
      await startSleepers(floor.detail, count);
      await delay(SETTLE_MS);
    });
    const rssMb = residentMb(floor.pid);
    await floor.stop();
    await temporal.stop();
    return {
      kilobytes: (bytesOf(dbFilename) - empty) / 1_024 / count,
      workerMs: cpu.worker / count,
      serverMs: cpu.server / count,
      rssMb,
    };
  } finally {
    await floor.stop();
    await temporal.stop();
  }
}

async function startSleepers(url: string, count: number): Promise<void> {
  const response = await fetch(`${url}/start`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    // As long as the id of a recovery.
    body: JSON.stringify(
      Array.from({ length: count }, (_, at) => `recovery-sub_j8JVI8cXhQ13SfUl${at}`),
    ),
  });
  if (!response.ok) throw new Error(`the floor failed: ${await response.text()}`);
}
