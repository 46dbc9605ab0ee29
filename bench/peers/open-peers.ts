import { startInbox } from "../../dev/local-stack/inbox.ts";
import { type Sandbox, startSandbox } from "../../sandbox/sandbox.ts";
import { type Bench, NotAvailable } from "../run/path.ts";
import { startFloor } from "../sides/floor-process.ts";
import type { Job } from "./attempt.ts";
import { startPostgres } from "./postgres.ts";
import { startRedis } from "./redis.ts";
import type { Store } from "./store.ts";

/** A queue that does the work of an attempt, and its store. */
export type Peer = {
  readonly name: string;
  readonly pid: number;
  readonly sandbox: Sandbox;
  readonly arm: (jobs: readonly Job[], dueAt: number) => Promise<void>;
  /** What its store keeps, in bytes. */
  readonly bytes: () => Promise<number>;
  readonly close: () => Promise<void>;
};

export type Peers = {
  readonly peers: readonly Peer[];
  /** Those that this machine cannot run, with the reason. */
  readonly missing: readonly string[];
};

const KINDS: readonly {
  readonly name: string;
  readonly program: string;
  readonly startStore: (bench: Bench) => Promise<Store>;
}[] = [
  { name: "BullMQ", program: "bullmq", startStore: startRedis },
  { name: "pg-boss", program: "pg-boss", startStore: startPostgres },
];

/** @param files what `observe` wrote: the calls and the mails of an attempt */
export async function openPeers(
  bench: Bench,
  files: Readonly<Record<"PLAN" | "MAILS", string>>,
): Promise<Peers> {
  const peers: Peer[] = [];
  const missing: string[] = [];
  for (const kind of KINDS) {
    try {
      peers.push(await openPeer(bench, kind, files));
    } catch (error) {
      if (!(error instanceof NotAvailable)) throw error;
      missing.push(`${kind.name} was not measured: ${error.message}`);
    }
  }
  return { peers, missing };
}

async function openPeer(
  bench: Bench,
  { name, program, startStore }: (typeof KINDS)[number],
  files: Readonly<Record<"PLAN" | "MAILS", string>>,
): Promise<Peer> {
  const store = await startStore(bench);
  const sandbox = await startSandbox({ settings: { webhookUrl: null } });
  bench.cleanup.add(() => sandbox.close());
  const inbox = await startInbox();
  bench.cleanup.add(() => inbox.close());
  const peer = await startFloor(bench, `../peers/${program}`, {
    ...files,
    STORE_URL: store.url,
    API_KEY: sandbox.apiKey,
    BASE_URL: sandbox.url,
    SMTP_URL: inbox.smtpUrl,
  });
  return {
    name,
    pid: peer.pid,
    sandbox,
    arm: async (jobs, dueAt) => {
      const headers = { "content-type": "application/json" };
      const body = JSON.stringify({ jobs, dueAt });
      const response = await fetch(`${peer.detail}/arm`, { method: "POST", headers, body });
      if (!response.ok) throw new Error(`${name}: ${await response.text()}`);
    },
    bytes: async () => Number(await (await fetch(`${peer.detail}/bytes`)).text()),
    close: async () => {
      await peer.stop();
      await Promise.all([sandbox.close(), inbox.close()]);
      await store.stop();
    },
  };
}
