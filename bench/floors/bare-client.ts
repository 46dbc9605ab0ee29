/** Floor of the durable path: a bare native client that makes the call which the gateway makes for a webhook. */
import { Client } from "@temporalio/client";
import { NativeConnection, Runtime } from "@temporalio/worker";
import Fastify from "fastify";
import { readWebhook, translateWebhook } from "../../dodo/webhook-events.ts";
import { recoveryStartOf, SUBSCRIPTION_RECOVERY } from "../../workflows/contract.ts";
import type { LoadResult } from "../load/http-load.ts";
import { paymentWebhook } from "../load/webhooks.ts";
import { quantileOf } from "../report/statistics.ts";
import { announce, settingOf } from "./announce.ts";

type Round = { readonly ids: readonly string[]; readonly connections: number };

Runtime.install({ shutdownSignals: [] });
const connection = await NativeConnection.connect({ address: settingOf("TEMPORAL_ADDRESS") });
const client = new Client({ connection });
const app = Fastify();
app.post("/run", async ({ body }) => await run(body as Round));
announce(await app.listen({ host: "127.0.0.1", port: 0 }));
process.once("SIGTERM", () => process.exit());

async function run({ ids, connections }: Round): Promise<LoadResult> {
  // Before the time is taken: the floor is the call alone.
  const calls = ids.map(callOf);
  const latencies: number[] = [];
  const began = performance.now();
  await Promise.all(
    Array.from({ length: connections }, async () => {
      for (let call = calls.pop(); call !== undefined; call = calls.pop()) {
        const sentAt = performance.now();
        await client.workflow.signalWithStart(SUBSCRIPTION_RECOVERY, call);
        latencies.push(performance.now() - sentAt);
      }
    }),
  );
  const seconds = (performance.now() - began) / 1_000;
  const sorted = latencies.toSorted((a, b) => a - b);
  return {
    count: sorted.length,
    ratePerSecond: sorted.length / seconds,
    p50Ms: quantileOf(sorted, 0.5),
    p99Ms: quantileOf(sorted, 0.99),
  };
}

/** The same options as for the webhook of this subscription. */
function callOf(id: string) {
  const body = Buffer.from(paymentWebhook("payment.failed", `pay_of_${id}`, id));
  const translation = translateWebhook(readWebhook(body), `msg_of_${id}`, Date.now());
  const [routed] = translation.kind === "routed" ? translation.routed : [];
  if (routed === undefined) throw new Error("the webhook opens no recovery");
  const summary = "USD 29.00 failed: INSUFFICIENT_FUNDS";
  const options = recoveryStartOf(routed.subscriptionId, routed.event, summary);
  return { ...options, taskQueue: "reprise" };
}
