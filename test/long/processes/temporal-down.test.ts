import { Client, Connection } from "@temporalio/client";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { type LocalStack, startLocalStack } from "../../../dev/local-stack/local-stack.ts";
import { freePort } from "../../../dev/process/ports.ts";
import { startTemporal, type TemporalServer } from "../../../dev/temporal/server.ts";
import { startService, untilLogged } from "../../../dev/local-stack/services.ts";
import { build } from "../../support/build.ts";
import { samplesOf } from "../../support/metrics/exposition.ts";
import { POLICY_OF_SECONDS } from "../../support/system/process-stack.ts";
import { until } from "../../support/until.ts";

let folder: string;
let port: number;
let temporal: TemporalServer;
let stack: LocalStack;
let metricsAddress: string;

/** Answers with 503 that the gateway has counted since its start. */
async function refusedWebhooks(): Promise<number> {
  const text = await (await fetch(`http://${metricsAddress}/metrics`)).text();
  return samplesOf(text)
    .filter(({ name, labels }) => name === "reprise_webhooks_total" && labels["answer"] === "503")
    .reduce((sum, { value }) => sum + value, 0);
}

/** Starts Temporal with a database file, so that its state survives a restart. */
async function startServer(): Promise<TemporalServer> {
  const cli = { path: inject("temporalCliPath"), version: "1.9.1", source: "cache" } as const;
  return await startTemporal({
    cli,
    port,
    timeSkipping: false,
    dbFilename: join(folder, "temporal.db"),
  });
}

/** How slowly this machine answers what needs neither Temporal nor time. */
function pingUntilStopped(url: string): { readonly stop: () => Promise<number> } {
  let isStopped = false;
  const running = (async () => {
    let slowestMs = 0;
    while (!isStopped) {
      const startedAt = performance.now();
      await (await fetch(url)).text();
      slowestMs = Math.max(slowestMs, performance.now() - startedAt);
      await delay(20);
    }
    return Math.round(slowestMs);
  })();
  return {
    stop: async () => {
      isStopped = true;
      return await running;
    },
  };
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "reprise-down-"));
  port = await freePort("127.0.0.1");
  metricsAddress = `127.0.0.1:${await freePort("127.0.0.1")}`;
  temporal = await startServer();
  stack = await startLocalStack({
    temporal: { address: temporal.address, namespace: "default" },
    taskQueue: "reprise",
    folder,
    build: build(),
    policy: POLICY_OF_SECONDS,
    sandbox: { settings: { webhookRetryScale: 0.0005 } },
    env: { GATEWAY_METRICS_ADDRESS: metricsAddress },
  });
  await stack.startGateway("1");
  await stack.startWorker("1");
});

afterAll(async () => {
  await stack.stop();
  await temporal.stop();
  rmSync(folder, { recursive: true, force: true });
});

test("a gateway that starts without Temporal serves its metrics, and counts on", async () => {
  const metrics = `127.0.0.1:${await freePort("127.0.0.1")}`;
  const env = {
    ...stack.env.gateway,
    TEMPORAL_ADDRESS: `127.0.0.1:${await freePort("127.0.0.1")}`,
    PORT: String(await freePort("127.0.0.1")),
    GATEWAY_METRICS_ADDRESS: metrics,
  };
  const gateway = startService({
    name: "gateway",
    env,
    logFolder: folder,
    build: build(),
    run: "2",
  });
  await untilLogged(gateway, "temporal_unreachable");
  await untilLogged(gateway, "listening");
  const url = `http://127.0.0.1:${env.PORT}/webhooks/dodo`;
  const counted = async (): Promise<number | undefined> =>
    samplesOf(await (await fetch(`http://${metrics}/metrics`)).text()).find(
      ({ name, labels }) => name === "reprise_webhooks_total" && labels["answer"] === "401",
    )?.value;
  for (const times of [1, 2]) {
    expect((await fetch(url, { method: "POST", body: "{}" })).status).toBe(401);
    // Several further tries to connect have failed by then.
    await delay(1_500);
    expect(await counted()).toBe(times);
  }
  await gateway.stop();
});

test("the gateway refuses webhooks within three seconds while Temporal is down, and the debt is recovered once after it is back", async () => {
  const { control } = stack.sandbox;
  const { subscriptionId } = await control.createSubscription({ onDemand: true });
  await control.script(subscriptionId, [], "succeed");
  await until(async () => (await fetch(`${stack.gatewayUrl}/readyz`)).status === 200, {
    what: "ready",
  });
  await temporal.stop();
  const pings = pingUntilStopped(`${stack.gatewayUrl}/healthz`);
  await control.charge(subscriptionId, { outcome: { decline: "INSUFFICIENT_FUNDS" } });
  const refused = await until(
    async () => {
      const deliveries = await control.deliveries({ subscriptionId });
      const attempts = deliveries.flatMap((delivery) => delivery.attempts);
      return attempts.find(({ status }) => status === 503);
    },
    { what: "a refused delivery" },
  );
  const tookMs = (refused.endedAt ?? 0) - refused.startedAt;
  const slowestPingMs = await pings.stop();
  console.log(`refused after ${tookMs} ms, while a health check took up to ${slowestPingMs} ms`);
  // On a quiet machine a health check takes a few milliseconds.
  expect(tookMs).toBeLessThan(3_000 + 5 * slowestPingMs);
  await until(async () => (await fetch(`${stack.gatewayUrl}/readyz`)).status === 503, {
    what: "not ready",
  });
  expect((await fetch(`${stack.gatewayUrl}/healthz`)).status).toBe(200);
  const counted = await refusedWebhooks();
  expect(counted).toBeGreaterThan(0);

  temporal = await startServer();
  await until(async () => (await fetch(`${stack.gatewayUrl}/readyz`)).status === 200, {
    what: "ready again",
  });
  expect(await refusedWebhooks()).toBeGreaterThanOrEqual(counted);
  await control.replayDeliveries({ subscriptionId });
  await until(async () => (await control.ledgerOf(subscriptionId)).succeeded > 0, {
    what: "the recovery",
  });
  const connection = await Connection.connect({ address: temporal.address });
  const client = new Client({ connection });
  const result = await client.workflow.getHandle(`recovery-${subscriptionId}`).result();
  expect(result).toMatchObject({ outcome: "recovered" });
  expect(await control.ledgerOf(subscriptionId)).toMatchObject({ succeeded: 1, status: "active" });
  await connection.close();
});
