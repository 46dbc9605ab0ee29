import type { Client } from "@temporalio/client";
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { LocalStack } from "../../../dev/local-stack/local-stack.ts";
import { startService, untilLogged } from "../../../dev/local-stack/services.ts";
import { freePort } from "../../../dev/process/ports.ts";
import { type MetricName, METRICS } from "../../../domain/metrics/catalogue.ts";
import { build } from "../../support/build.ts";
import { callApi } from "../../support/merchant/api.ts";
import { type Receiver, startReceiver } from "../../support/merchant/webhook-receiver.ts";
import { type Sample, samplesOf } from "../../support/metrics/exposition.ts";
import {
  recordedScrape,
  recordedSeries,
  seriesText,
  shapeOf,
} from "../../support/metrics/series.ts";
import { LEDGER_CHECK } from "../../../workflows/contract.ts";
import { openTestLedger } from "../../support/ledger.ts";
import { startTestPostgres, type TestPostgres } from "../../support/postgres/database.ts";
import { declinedCharge } from "../../support/system/failed-charge.ts";
import { OPERATOR_KEYS } from "../../support/system/gateway.ts";
import {
  operatorKeysOf,
  type ProcessStack,
  startProcessStack,
} from "../../support/system/process-stack.ts";
import { until } from "../../support/until.ts";

/** Seconds instead of days, with real timers; an unknown charge stays unknown for as long as the test. */
const POLICY = `
retry: { gaps: [4s, 600s], transient_gap: 4s, align: none, settle: 600s, outcome_deadline: 600s, follow_up: [1s] }
notices: { first_soft: 600s, before_attempt: 2s, hard: [0s] }
opening_reread: 1s
unknown_tax: none
window: 3600s
quiet_end: 10s
`;

/** What processes that run and do nothing show above zero. Everything else is caused by what happens in this test. */
const BY_RUNNING = [
  "reprise_sweep_age_seconds",
  "reprise_task_queue_pollers",
  "reprise_dodo_requests_total",
  "reprise_dodo_request_seconds",
  "reprise_build_info",
];

const HOST = "127.0.0.1";

let client: Client;
let processes: ProcessStack;
let stack: LocalStack;
let receiver: Receiver;
let postgres: TestPostgres;
let ledgerUrl: string;
let folder: string;
const stops: (() => Promise<unknown>)[] = [];
/** By process. The second ones start when everything has happened, so that their gauges are of then. */
const addresses: Record<string, string> = {};

/** Starts a gateway or a worker that serves metrics. */
async function start(name: "gateway" | "worker", run: string): Promise<void> {
  const [port, metricsPort] = [await freePort(HOST), await freePort(HOST)];
  const address = `${HOST}:${metricsPort}`;
  addresses[`${name}-${run}`] = address;
  const env =
    name === "gateway"
      ? {
          ...stack.env.gateway,
          ...(run === "1" ? {} : { PORT: String(port) }),
          GATEWAY_METRICS_ADDRESS: address,
        }
      : { ...stack.env.worker, WORKER_METRICS_ADDRESS: address };
  const service = startService({ name, env, logFolder: folder, build: build(), run });
  stops.push(() => service.stop());
  await untilLogged(service, name === "gateway" ? "listening" : "worker_started");
}

async function scrape(process: string): Promise<string> {
  const response = await fetch(`http://${addresses[process] ?? ""}/metrics`);
  expect(response.status).toBe(200);
  return await response.text();
}

const samples = async (process: string): Promise<readonly Sample[]> =>
  samplesOf(await scrape(process));

beforeAll(async () => {
  receiver = await startReceiver();
  postgres = await startTestPostgres();
  ledgerUrl = await postgres.database();
  processes = await startProcessStack("metrics", {
    ownNamespace: true,
    policy: POLICY,
    operatorKeys: operatorKeysOf(OPERATOR_KEYS),
    env: {
      OUTGOING_WEBHOOK_URL: receiver.url,
      OUTGOING_WEBHOOK_KEY: receiver.key,
      DATABASE_URL: ledgerUrl,
    },
    sandbox: { settings: { webhookRetryScale: 0.01 } },
  });
  ({ stack, client, folder } = processes);
  await start("worker", "1");
  await start("gateway", "1");
});

afterAll(async () => {
  await Promise.all(stops.map(async (stop) => await stop()));
  await processes.close();
  await receiver.close();
  await postgres.stop();
});

/** Finds the first series of a metric that has these labels. */
function valuesIn(found: readonly Sample[]) {
  return (name: MetricName, labels: Readonly<Record<string, string>> = {}): number | undefined =>
    found.find(
      (one) =>
        one.name === name &&
        Object.entries(labels).every(([label, value]) => one.labels[label] === value),
    )?.value;
}

const failing = async (decline: string, email?: string): Promise<string> =>
  await declinedCharge(stack.sandbox.control, decline, email === undefined ? {} : { email });

async function untilState(subscriptionId: string, state: string): Promise<void> {
  const query = `WorkflowId = "recovery-${subscriptionId}" AND RecoveryState = "${state}"`;
  await until(async () => (await client.workflow.count(query)).count > 0, {
    what: `${subscriptionId} in ${state}`,
  });
}

/** Somebody changes the ledger, a check finds it, and then PostgreSQL is down. */
async function ledgerDiffers(): Promise<void> {
  const check = async (workflowId: string): Promise<unknown> =>
    await client.workflow.execute(LEDGER_CHECK, { taskQueue: stack.taskQueue, workflowId });
  expect(await check("ledger-1")).toMatchObject({ drifts: 0 });
  const db = await openTestLedger(ledgerUrl);
  await db.updateTable("debts").set({ amountMinor: 1 }).where("status", "=", "ended").execute();
  await db.destroy();
  expect(await check("ledger-2")).toMatchObject({ byClass: { amount: 1 } });
  await postgres.server.stop();
}

/** Every kind of event that a metric counts. */
async function everythingHappens(): Promise<void> {
  const { control } = stack.sandbox;
  const forged = { method: "POST", body: "{}", headers: { "content-type": "application/json" } };
  expect((await fetch(`${stack.gatewayUrl}/webhooks/dodo`, forged)).status).toBe(401);
  // A workflow task that fails, and is tried again, as after a faulty release.
  const { taskQueue } = stack;
  await client.workflow.start("noSuchWorkflow", { taskQueue, workflowId: "faulty" });
  const recovered = await failing("INSUFFICIENT_FUNDS");
  await untilState(recovered, "ended");
  await failing("EXPIRED_CARD");
  const asks = await failing("INVALID_AMOUNT");
  await untilState(asks, "needs_attention");
  const unknown = await failing("INSUFFICIENT_FUNDS");
  const route = "/subscriptions/:id/charge";
  await control.addFault({ kind: "drop_before", route, subscriptionId: unknown, times: 100 });
  await until(
    async () =>
      (
        await client.workflow.count(
          `WorkflowId = "recovery-${unknown}" AND ChargeUnknownSince IS NOT NULL`,
        )
      ).count > 0,
    { what: "the unknown charge" },
  );
  // No webhook is sent any more: the sweep finds the debt.
  await control.setSettings({ webhookUrl: null });
  const swept = await failing("EXPIRED_CARD");
  await until(async () => (await control.ledgerOf(swept)).status === "on_hold", {
    what: "the hold",
  });
  await callApi(stack.gatewayUrl, "/v1/sweep", { body: {} });
  await untilState(swept, "awaiting_customer");
  await control.setSettings({ webhookUrl: `${stack.gatewayUrl}/webhooks/dodo` });
  await ledgerDiffers();
  const stop = { reason: "a drill" };
  expect((await callApi(stack.gatewayUrl, "/v1/charging/stop", { body: stop })).status).toBe(200);
  // One charge waits in its queue.
  const queued = await failing("INSUFFICIENT_FUNDS");
  await untilState(queued, "charging");
  // The announcement of another cannot be sent, so it does not get there.
  stack.inbox.refusals.sender = { status: 451, code: "4.3.0" };
  const overdue = await failing("INSUFFICIENT_FUNDS");
  await untilState(overdue, "waiting");
  await delay(6_000);
}

describe("the metrics of two gateways and two workers", () => {
  test("show each event of a day, and nothing before it", async () => {
    const seenAtStart = (await Promise.all(Object.keys(addresses).map(samples)))
      .flat()
      .filter(({ value }) => value > 0)
      .flatMap(({ name }) =>
        Object.keys(METRICS).filter((one) => [one, `${one}_count`].includes(name)),
      );
    // These tell that a process runs: the worker reads Dodo's list of businesses as it starts.
    expect(BY_RUNNING).toEqual(expect.arrayContaining([...new Set(seenAtStart)]));
    await everythingHappens();
    await start("worker", "2");
    await start("gateway", "2");
    const missing = async (): Promise<readonly string[]> => {
      const found = (await Promise.all(Object.keys(addresses).map(samples))).flat();
      const seen = (name: string): boolean =>
        found.some((one) => one.value > 0 && (one.name === name || one.name === `${name}_count`));
      return Object.keys(METRICS).filter((name) => !seen(name));
    };
    await until(async () => (await missing()).length === 0, {
      what: `metrics above zero`,
    }).catch(async (error: unknown) => {
      throw new Error(`zero or absent: ${(await missing()).join(", ")}`, { cause: error });
    });
    await client.workflow.getHandle("faulty").terminate();
    const ownNames = (found: readonly Sample[]): Readonly<Record<string, string>> => ({
      [client.options.namespace]: "default",
      [stack.taskQueue]: "reprise",
      [found.find(({ name }) => name === "reprise_build_info")?.labels["build_id"] ?? ""]: "build",
    });
    if (process.env["RECORD_SCRAPES"] === "1") {
      for (const name of Object.keys(addresses)) {
        const found = await samples(name);
        writeFileSync(recordedScrape(name), seriesText(found, ownNames(found)));
      }
    }
  });

  test("have the series that the tests of the alerts use", async () => {
    for (const kind of ["gateway", "worker"]) {
      const processes = [`${kind}-1`, `${kind}-2`];
      const recorded = new Set(processes.flatMap((name) => recordedSeries(name)).map(shapeOf));
      const missing = async (): Promise<readonly string[]> => {
        const served = new Set((await Promise.all(processes.map(samples))).flat().map(shapeOf));
        return [...recorded].filter((shape) => !served.has(shape));
      };
      // What is at risk is read once a minute.
      await until(async () => (await missing()).length === 0, {
        what: "every recorded series",
      }).catch(async () => expect(await missing()).toEqual([]));
    }
  });

  test("count a recovery by what it was: opened, failed twice, charged, announced, collected", async () => {
    const of = valuesIn(await samples("worker-1"));
    expect(of("reprise_recoveries_ended_total", { outcome: "recovered", by: "attempt" })).toBe(1);
    const retried = { trigger: "schedule", result: "succeeded", decline_class: "" };
    expect(of("reprise_attempts_total", retried)).toBe(1);
    expect(of("reprise_attempts_total", { trigger: "schedule", result: "unknown" })).toBe(1);
    expect(of("reprise_collected_minor_total", { currency: "USD" })).toBeGreaterThan(0);
    expect(of("reprise_notices_total", { kind: "retry_ahead", result: "sent" })).toBeGreaterThan(0);
    expect(of("reprise_mails_total", { result: "failed" })).toBeGreaterThan(0);
    expect(of("reprise_operator_alerts_total", { cause: "merchant_code" })).toBe(1);
    expect(of("reprise_sweep_found_total", { what: "opened" })).toBe(1);
    expect(of("reprise_recoveries_opened_total", { mode: "act" })).toBeGreaterThanOrEqual(7);
    const opened = { type: "recovery.opened", result: "delivered" };
    expect(of("reprise_deliveries_total", opened)).toBeGreaterThan(0);
    const posted = { route: "POST /subscriptions/{subscription_id}/charge", status: "200" };
    expect(of("reprise_dodo_requests_total", posted)).toBeGreaterThan(0);
    expect(of("reprise_dodo_requests_total", { ...posted, status: "none" })).toBeGreaterThan(0);
    const gateway = await samples("gateway-1");
    // Each process reads its gauges once a minute.
    const gauges = async (): Promise<readonly (number | undefined)[]> => {
      const gauge = valuesIn(await samples("gateway-2"));
      return [
        gauge("reprise_recoveries_open", { state: "needs_attention" }),
        gauge("reprise_charges_unknown"),
        gauge("reprise_charging_stopped"),
      ];
    };
    await until(async () => (await gauges()).every((value) => value === 1), {
      what: "one recovery that needs attention, one unknown charge, and the stop",
    }).catch(async () => expect(await gauges()).toEqual([1, 1, 1]));
    const accepted = gateway.filter(
      ({ name, labels }) => name === "reprise_webhooks_total" && labels["answer"] === "200",
    );
    expect(accepted.map(({ labels }) => labels["type"])).toContain("payment.failed");
    const acknowledged = gateway.find(({ name }) => name === "reprise_webhook_ack_seconds_count");
    expect(acknowledged?.value).toBe(accepted.reduce((sum, { value }) => sum + value, 0));
    const refused = { type: "unverified", answer: "401" };
    expect(gateway).toContainEqual({ name: "reprise_webhooks_total", labels: refused, value: 1 });
  });

  test("have the names and labels of the table, and no id, address or amount in a label", async () => {
    for (const process of Object.keys(addresses)) {
      const ours = (await samples(process)).filter(({ name }) => name.startsWith("reprise_"));
      for (const { name, labels } of ours) {
        const metric = name.replace(/_(bucket|sum|count)$/, "");
        const row = METRICS[(name in METRICS ? name : metric) as MetricName];
        expect(row, name).toBeDefined();
        const expected = name.endsWith("_bucket") ? [...row.labels, "le"] : row.labels;
        expect(Object.keys(labels).toSorted(), name).toEqual(expected.toSorted());
        for (const value of Object.values(labels)) {
          expect(value).not.toMatch(/sub_|cus_|pay_|@|recovery-|charge-/);
        }
      }
    }
  });

  test("pass promtool check metrics, the SDK's too", async () => {
    for (const process of Object.keys(addresses)) {
      const input = await scrape(process);
      expect(spawnSync("promtool", ["check", "metrics"], { input }).status).toBe(0);
    }
  });
});
