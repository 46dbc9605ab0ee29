import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { load, type LoadResult } from "../load/http-load.ts";
import { paymentWebhook, signed } from "../load/webhooks.ts";
import { cpuDuring } from "../machine/process-usage.ts";
import { startFloor } from "../sides/floor-process.ts";
import { type Bench, type OpenPath, type Path, PRODUCT, type Sample } from "../run/path.ts";
import { terminateAll } from "../sides/recoveries.ts";
import { openProduct, type Side } from "../sides/side.ts";

const BARE = "bare client";
const CONNECTIONS = 32;
const SETTLE_MS = 1_500;

export const durable: Path = {
  name: "durable",
  title: "a webhook that opens a recovery, until Temporal has it, 32 at once, with a worker",
  rounds: { full: 9, quick: 2 },
  warmUps: { full: 1, quick: 1 },
  measures: [
    {
      key: "rate",
      title: "webhooks a second",
      unit: "",
      against: [{ subject: BARE, goal: { atLeast: 0.95 } }],
    },
    { key: "p50", title: "p50", unit: "ms" },
    { key: "p99", title: "p99", unit: "ms", against: [{ subject: BARE }] },
    {
      key: "clientMs",
      title: "CPU of gateway or client a webhook",
      unit: "ms",
      against: [{ subject: BARE }],
    },
  ],
  open,
};

async function open(bench: Bench): Promise<OpenPath> {
  // The subscriptions are unknown to the sandbox: a recovery is opened and asks once. The bench ends it after its round.
  const side = await openProduct(bench, { sandbox: { settings: { webhookUrl: null } } });
  const env = { TEMPORAL_ADDRESS: side.temporal.address };
  const bare = await startFloor(bench, "bare-client", env);
  const count = bench.isQuick ? 200 : 600;
  const round = (pid: number, send: (ids: readonly string[]) => Promise<LoadResult>) => async () =>
    await measure(side, count, pid, send);
  return {
    subjects: [
      {
        name: PRODUCT,
        run: round(side.pids.gateway, async (ids) => await sendWebhooks(side, ids)),
      },
      {
        name: BARE,
        run: round(bare.pid, async (ids) => {
          const init = {
            method: "POST",
            headers: { "content-type": "application/json" },
            body: JSON.stringify({ ids, connections: CONNECTIONS }),
          };
          const response = await fetch(`${bare.detail}/run`, init);
          if (!response.ok) throw new Error(`the client failed: ${await response.text()}`);
          return (await response.json()) as LoadResult;
        }),
      },
    ],
    notes: () => [`${count} webhooks a round.`],
    close: async () => {
      await bare.stop();
      await side.close();
    },
  };
}

async function measure(
  side: Side,
  count: number,
  pid: number,
  send: (ids: readonly string[]) => Promise<LoadResult>,
): Promise<Sample> {
  const ids = Array.from({ length: count }, () => `sub_${randomUUID().replaceAll("-", "")}`);
  try {
    const { result, cpu } = await cpuDuring({ client: pid }, async () => await send(ids));
    return {
      rate: result.ratePerSecond,
      p50: result.p50Ms,
      p99: result.p99Ms,
      clientMs: cpu.client / result.count,
    };
  } finally {
    await terminateAll(side.client);
    await delay(SETTLE_MS);
  }
}

async function sendWebhooks(side: Side, ids: readonly string[]): Promise<LoadResult> {
  const requests = ids.map((id) =>
    signed(side.webhookKey, paymentWebhook("payment.failed", `pay_of_${id}`, id)),
  );
  return await load({
    url: `${side.gatewayUrl}/webhooks/dodo`,
    connections: CONNECTIONS,
    next: (turn) => requests[turn] ?? null,
  });
}
