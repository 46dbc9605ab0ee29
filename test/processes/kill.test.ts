import type { Client } from "@temporalio/client";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import type { LocalStack } from "../../dev/local-stack/local-stack.ts";
import type { Service } from "../../dev/local-stack/services.ts";
import type { RecoveryResult } from "../../domain/debt/result.ts";
import type { LedgerSubscription } from "../../sandbox/control/ledger.ts";
import type { RequestEntry } from "../../sandbox/model/state/logs.ts";
import type { RecoveryView } from "../../workflows/contract.ts";
import { builtFile } from "../support/build.ts";
import { TEST_LIMIT_MS, WAIT_LIMIT_MS } from "../support/limits.ts";
import { callApi, requestMandate, requestMandateUntilPage } from "../support/merchant/api.ts";
import { mandateBody, payOnCheckoutPage } from "../support/merchant/mandate.ts";
import { scriptedSubscription } from "../support/system/failed-charge.ts";
import { OPERATOR_KEYS } from "../support/system/gateway.ts";
import {
  operatorKeysOf,
  type ProcessStack,
  startProcessStack,
} from "../support/system/process-stack.ts";
import { until } from "../support/until.ts";

/** Seconds instead of days, with real timers. */
const POLICY = `
retry: { gaps: [6s, 6s, 6s], transient_gap: 6s, align: none, settle: 4s, settle_reads: 4, outcome_deadline: 60s, follow_up: [1s, 2s], after_method_change: 2s }
notices: { first_soft: 60s, before_attempt: 0s, hard: [0s, 20s] }
opening_reread: 1s
unknown_tax: none
window: 120s
quiet_end: 10s
`;

let client: Client;
let processes: ProcessStack;
let stack: LocalStack;
let folder: string;
/** The worker that is running. */
let worker: Service;
/** A subscription whose charge was made, and whose answer was lost because the worker was killed. */
let inFlight: string;

beforeAll(async () => {
  processes = await startProcessStack("kill", {
    policy: POLICY,
    requestTimeout: "60s",
    operatorKeys: operatorKeysOf(OPERATOR_KEYS),
    sandbox: { settings: { webhookRetryScale: 0.01 } },
  });
  ({ stack, client, folder } = processes);
  await stack.startGateway("1");
});

afterAll(async () => {
  await processes.close();
});

type Outcomes = Parameters<LocalStack["sandbox"]["control"]["script"]>[1];

const subscribe = async (outcomes: Outcomes): Promise<string> =>
  await scriptedSubscription(stack.sandbox.control, outcomes);

const requestsOf = async (subscriptionId: string, route: RegExp): Promise<RequestEntry[]> => {
  const requests = await stack.sandbox.control.requests({ subscriptionId });
  return requests.filter((entry) => route.test(`${entry.method} ${entry.route}`));
};

const isOf = (customerId: string) => (one: LedgerSubscription) => one.customerId === customerId;

const CHARGE = /^POST .*\/charge$/;
const READ = /^GET \/subscriptions\/:\w+$/;

const open = async (subscriptionId: string, route: RegExp): Promise<boolean> =>
  (await requestsOf(subscriptionId, route)).some(({ end }) => end === "open");

/** Whether the recovery waits for its next attempt and no read is under way. */
async function isWaiting(subscriptionId: string): Promise<boolean> {
  const handle = client.workflow.getHandle(`recovery-${subscriptionId}`);
  const { recovery } = await handle.query<RecoveryView>("recovery");
  return recovery.state === "waiting" && Object.keys(recovery.pendingEffects).length === 0;
}

/** @throws if the recovery does not end in time, with what it waits for and its timeline */
async function resultOf(subscriptionId: string): Promise<RecoveryResult> {
  const handle = client.workflow.getHandle(`recovery-${subscriptionId}`);
  const signal = AbortSignal.timeout(WAIT_LIMIT_MS);
  try {
    return (await client.withAbortSignal(signal, () => handle.result())) as RecoveryResult;
  } catch (error) {
    const { recovery, next, timeline } = await handle.query<RecoveryView>("recovery");
    const lines = timeline.map(({ rule, reason }) => `${rule}: ${reason}`).join("\n");
    throw new Error(`${subscriptionId} is ${recovery.state} and waits for ${next.what}\n${lines}`, {
      cause: error,
    });
  }
}

describe("a worker killed with SIGKILL", () => {
  test("while recoveries wait, before a POST, during a POST and after its answer leaves one success for each debt", async () => {
    const { control } = stack.sandbox;
    const soft = { decline: "INSUFFICIENT_FUNDS" };
    const waiting = await subscribe([soft]);
    const opening = await subscribe([soft]);
    const reading = await subscribe([soft]);
    const inFlightDone = await subscribe([soft]);
    const inFlightNotYet = await subscribe([soft]);
    const answered = await subscribe([soft, { succeed: true, afterMs: 4_000 }]);
    worker = await stack.startWorker("1");
    await control.addFault({
      kind: "hang_after",
      ms: TEST_LIMIT_MS,
      route: "/subscriptions/:id/charge",
      subscriptionId: inFlightDone,
    });
    await control.addFault({
      kind: "slow",
      ms: 12_000,
      route: "/subscriptions/:id/charge",
      subscriptionId: inFlightNotYet,
    });
    inFlight = inFlightDone;
    const all = [reading, inFlightDone, inFlightNotYet, answered];
    for (const subscriptionId of all) await control.charge(subscriptionId);
    await until(async () => await isWaiting(reading), { what: "a wait" });
    // From here on the next read is the pre-charge check, and its repetitions until the kill.
    await control.addFault({
      kind: "hang_before",
      ms: TEST_LIMIT_MS,
      times: 1_000,
      method: "GET",
      route: "/subscriptions/:id",
      subscriptionId: reading,
    });
    await until(
      async () => (await requestsOf(answered, CHARGE)).some(({ end }) => end === "answered"),
      { what: "an answered charge" },
    );
    await control.charge(waiting);
    // Without the heartbeat it would take minutes until this read counts as lost.
    await control.addFault({
      kind: "hang_before",
      ms: TEST_LIMIT_MS,
      times: 1_000,
      method: "GET",
      route: "/subscriptions/:id",
      subscriptionId: opening,
    });
    await control.charge(opening);
    await until(
      async () =>
        (await open(reading, READ)) &&
        (await open(opening, READ)) &&
        (await open(inFlightDone, CHARGE)) &&
        (await open(inFlightNotYet, CHARGE)),
      { what: "the moment of the kill" },
    );
    const killedAt = Date.now();
    await worker.kill();
    // The sandbox records that the kill cut the requests off.
    for (const [id, route] of [
      [reading, READ],
      [opening, READ],
      [inFlightDone, CHARGE],
      [inFlightNotYet, CHARGE],
    ] as const) {
      await until(
        async () => (await requestsOf(id, route)).some(({ end }) => end === "client_closed"),
        { what: `${id} cut off` },
      );
    }
    expect(await requestsOf(reading, CHARGE)).toHaveLength(0);
    await control.clearFaults();
    worker = await stack.startWorker("2");
    const recoveries = [...all, waiting, opening];
    const results = await Promise.all(recoveries.map(resultOf));
    console.log(`all recoveries ended ${Date.now() - killedAt} ms after the kill`);
    for (const [index, subscriptionId] of recoveries.entries()) {
      const ledger = await control.ledgerOf(subscriptionId);
      expect(ledger, subscriptionId).toMatchObject({ succeeded: 1, status: "active", open: 0 });
      expect(results[index], subscriptionId).toMatchObject({
        outcome: "recovered",
        reactivated: true,
      });
    }
  });

  test("leaves a charge that the proof command confirms in Temporal's history and in Dodo's list", async () => {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [builtFile("cli/main.js"), "proof", inFlight],
      {
        env: {
          PATH: process.env["PATH"],
          TEMPORAL_ADDRESS: inject("temporalAddress"),
          TEMPORAL_NAMESPACE: inject("temporalNamespace"),
          TEMPORAL_TASK_QUEUE: stack.taskQueue,
        },
      },
    );
    expect(stdout).toContain("owed USD 29.00, collected USD 29.00 in 1 payment");
    expect(stdout).toContain("Temporal and Dodo agree.");
  });

  test("before and after Dodo creates a checkout leaves one page that the customer can pay on", async () => {
    const { control } = stack.sandbox;
    const { customerId } = await control.createCustomer();
    const body = mandateBody(customerId, { mandate_only: false, amount: 1_500 });
    const createdAre = async (end: RequestEntry["end"], count: number): Promise<boolean> => {
      const made = (await control.requests()).filter(({ route }) => route === "/checkouts");
      return made.filter((one) => one.end === end).length === count;
    };
    const route = { method: "POST", route: "/checkouts" } as const;
    await control.addFault({ kind: "slow", ms: 12_000, ...route });
    await control.addFault({ kind: "hang_after", ms: TEST_LIMIT_MS, ...route });
    const first = await until(
      async () => {
        const answer = await requestMandate(stack.gatewayUrl, "signup", body);
        return answer.status === 503 ? null : answer;
      },
      { what: "the mandate" },
    );
    expect(first).toMatchObject({ status: 202, body: { checkout_url: null } });
    // Worker "2" runs since the first test.
    for (const [killed, next] of [
      [1, "3"],
      [2, "4"],
    ] as const) {
      await until(async () => await createdAre("open", 1), {
        what: "a request",
      });
      await worker.kill();
      await until(async () => await createdAre("client_closed", killed), { what: "its end" });
      worker = await stack.startWorker(next);
    }
    const given = await requestMandateUntilPage(stack.gatewayUrl, "signup", body);
    const url = String(given.body["checkout_url"]);
    // By now Dodo has also created the checkout of the first request, whose page nobody received.
    await until(
      async () => (await control.ledger()).subscriptions.filter(isOf(customerId)).length === 3,
      { what: "all three" },
    );
    const again = await requestMandateUntilPage(stack.gatewayUrl, "signup", body);
    expect(again.body).toEqual(given.body);
    await payOnCheckoutPage(url);
    const id = String(given.body["mandate_id"]);
    await until(
      async () =>
        (await callApi(stack.gatewayUrl, `/v1/mandates/${id}`)).body["state"] === "active",
      { what: "the mandate" },
    );
    const ledger = (await control.ledger()).subscriptions.filter(isOf(customerId));
    expect(ledger.map(({ status }) => status).toSorted()).toEqual(["active", "pending", "pending"]);
    expect(ledger.reduce((sum, { collectedMinor }) => sum + collectedMinor, 0)).toBe(1_500);
    expect(readFileSync(join(folder, "worker-4.log"), "utf8")).not.toContain("/checkout/");
  });

  test("leaves logs without secrets or email addresses", () => {
    const log = ["worker-1.log", "worker-2.log", "gateway-1.log"]
      .map((name) => readFileSync(join(folder, name), "utf8"))
      .join("\n");
    expect(log).toContain('"event":"decided"');
    expect(log).not.toContain(stack.sandbox.apiKey);
    expect(log).not.toMatch(/whsec_|@example\.com/);
  });

  test("is replaced by one that exits cleanly on SIGTERM; a second gateway reports the port in use", async () => {
    const last = await stack.startWorker("5");
    const gateway = await stack.startGateway("2").catch((error: unknown) => String(error));
    expect(gateway).toContain("cannot listen");
    await last.stop(WAIT_LIMIT_MS);
    expect(await last.ended).toContain("exit code 0");
  });
});
