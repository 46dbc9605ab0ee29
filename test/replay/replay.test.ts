import { historyFromJSON, historyToJSON } from "@temporalio/common/lib/proto-utils.js";
import { bundleWorkflowCode, DefaultLogger, Worker } from "@temporalio/worker";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { skipTime } from "../../dev/temporal/skip-time.ts";
import { DEFAULT_POLICY } from "../../domain/policy.ts";
import { DAY_MS, HOUR_MS } from "../../domain/values/time.ts";
import pkg from "../../package.json" with { type: "json" };
import { createDetachedWorkflows } from "../../worker/detached-workflows.ts";
import { workflowBundlePath } from "../support/build.ts";
import { requestChargeUntilDecided, requestMandateUntilPage } from "../support/merchant/api.ts";
import { mandateBody, payOnCheckoutPage } from "../support/merchant/mandate.ts";
import {
  type Receiver,
  RECEIVER_KEY,
  startReceiver,
} from "../support/merchant/webhook-receiver.ts";
import { startTestSystem, type TestSystem } from "../support/system/test-system.ts";
import { installRuntime } from "../support/temporal/connection.ts";
import { until } from "../support/until.ts";

/**
 * Histories as a real server wrote them, by release. The loop and `perform` must be able to replay them as long as a
 * recovery may be open, so a change that breaks one needs `patched`. `npm run history:record` adds this release's.
 */
const folder = fileURLToPath(new URL("histories", import.meta.url));
const workflows = fileURLToPath(new URL("../../workflows/", import.meta.url));
const isRecording = process.env["RECORD_HISTORIES"] !== undefined;

type RecoveryHistory = {
  readonly name: string;
  readonly outcomes: object[];
  readonly act?: (system: TestSystem, id: string) => Promise<void>;
};

const SOFT = { decline: "INSUFFICIENT_FUNDS" };

const RECOVERIES: readonly RecoveryHistory[] = [
  { name: "soft-decline-recovered", outcomes: [SOFT, SOFT] },
  { name: "exhausted", outcomes: [SOFT, SOFT, SOFT, SOFT, SOFT] },
  {
    name: "paid-on-the-page",
    outcomes: [{ decline: "EXPIRED_CARD" }],
    act: async (system, id) => {
      await system.handle(id).executeUpdate("createPaymentLink", { args: [{}] });
      await system.sandbox.control.payAsCustomer(id, { card: "good" });
    },
  },
  {
    name: "lost-answer",
    outcomes: [SOFT],
    act: async (system, id) => {
      const route = {
        method: "POST",
        route: "/subscriptions/:id/charge",
        subscriptionId: id,
      } as const;
      await system.sandbox.control.addFault({ kind: "drop_before", ...route });
    },
  },
  {
    name: "operator",
    outcomes: [{ decline: "INVALID_AMOUNT" }],
    act: async (system, id) => {
      await system.handle(id).executeUpdate("resume", { args: [{ by: "anna" }] });
      await system.handle(id).executeUpdate("pause", { args: [{ by: "anna" }] });
      await system.skipTime(id, DAY_MS);
      await system.handle(id).executeUpdate("resume", { args: [{ by: "anna" }] });
      await system.handle(id).executeUpdate("retryNow", { args: [{ by: "anna" }] });
    },
  },
  {
    name: "cancelled-in-temporal",
    outcomes: [SOFT],
    act: async (system, id) => {
      await system.handle(id).cancel();
    },
  },
  { name: "outgoing-webhooks", outcomes: [SOFT, SOFT] },
];

/** The other workflows, each run to its end. */
const OTHER_WORKFLOWS: readonly {
  readonly name: string;
  readonly run: (system: TestSystem) => Promise<string>;
}[] = [
  {
    name: "checkout",
    run: async ({ client, sandbox, environment }) => {
      const { paymentId } = await sandbox.control.createPayment({ outcome: SOFT });
      const workflowId = `checkout-${paymentId}`;
      await until(async () => await client.workflow.getHandle(workflowId).describe(), {
        what: "the checkout",
      });
      await skipTime(environment.nativeConnection, "default", workflowId, 3 * DAY_MS);
      return workflowId;
    },
  },
  {
    name: "sweep",
    run: async ({ client, taskQueue }) => {
      const workflowId = `sweep-${taskQueue}`;
      await client.workflow.execute("reconciliationSweep", { taskQueue, workflowId, args: [] });
      return workflowId;
    },
  },
  {
    name: "webhook-delivery",
    run: async (system) => {
      const { subscriptionId } = await system.sandbox.control.createSubscription({
        onDemand: true,
      });
      await system.sandbox.control.script(subscriptionId, [SOFT] as never, "succeed");
      await system.sandbox.control.charge(subscriptionId);
      await until(async () => await system.readView(subscriptionId), { what: "the recovery" });
      await system.skipTime(subscriptionId, 60_000);
      const workflowId = `delivery-${subscriptionId}`;
      await system.client.workflow.getHandle(workflowId).result();
      return workflowId;
    },
  },
  {
    name: "customer-notices",
    run: async ({ client, taskQueue, environment }) => {
      const { reserveNotice } = createDetachedWorkflows(client, taskQueue);
      const customerId = `cus_${taskQueue}`;
      for (const key of ["one", "another"]) {
        await reserveNotice(customerId, { key, at: Date.now(), perWeek: 1 });
      }
      const workflowId = `notices-${customerId}`;
      await skipTime(environment.nativeConnection, "default", workflowId, 8 * DAY_MS);
      return workflowId;
    },
  },
  {
    name: "operator-alerts",
    run: async (system) => {
      const { report } = createDetachedWorkflows(system.client, system.taskQueue);
      const cause = "charge_blocked" as const;
      const workflowId = `alerts-${system.taskQueue}-${cause}`;
      for (const detail of ["one", "another"]) {
        const alert = { cause, why: "payment_exists", detail } as const;
        await report({ alert, subscriptionId: null, workflowId: null, at: Date.now() });
      }
      const { nativeConnection } = system.environment;
      await skipTime(nativeConnection, "default", workflowId, DAY_MS);
      return workflowId;
    },
  },
  {
    name: "charge-request",
    run: async (system) => {
      const { subscriptionId } = await system.sandbox.control.createSubscription({
        onDemand: true,
      });
      await system.sandbox.control.script(subscriptionId, [SOFT] as never, "succeed");
      const body = { amount: 1_500, metadata: { invoice_id: "in_1" } };
      const asked = await requestChargeUntilDecided(system.gatewayUrl, subscriptionId, "k", body);
      await system.skipTime(subscriptionId, 60_000);
      await system.runToEnd(subscriptionId);
      return await ended(system, String(asked.body["charge_id"]));
    },
  },
  {
    name: "mandate-setup",
    run: async (system) => {
      const { customerId } = await system.sandbox.control.createCustomer();
      const body = mandateBody(customerId, { mandate_only: false, amount: 1_500 });
      const asked = await requestMandateUntilPage(system.gatewayUrl, system.taskQueue, body);
      const mandateId = String(asked.body["mandate_id"]);
      await skipTime(system.environment.nativeConnection, "default", mandateId, HOUR_MS);
      await payOnCheckoutPage(String(asked.body["checkout_url"]));
      return await ended(system, mandateId);
    },
  },
];

async function ended({ client }: TestSystem, workflowId: string): Promise<string> {
  await client.workflow.getHandle(workflowId).result();
  return workflowId;
}

describe.runIf(isRecording)("recording", () => {
  let system: TestSystem;
  let receiver: Receiver;
  beforeAll(async () => {
    receiver = await startReceiver();
    system = await startTestSystem({
      policy: { ...DEFAULT_POLICY, oneTimePayments: "notify" },
      outgoingWebhook: { url: receiver.url, keys: [RECEIVER_KEY] },
    });
    mkdirSync(folder, { recursive: true });
  });
  afterAll(async () => {
    await system.close();
    await receiver.close();
  });

  test.each(RECOVERIES)("$name", async ({ name, outcomes, act }) => {
    const { control } = system.sandbox;
    const { subscriptionId } = await control.createSubscription({ onDemand: true });
    await control.script(subscriptionId, outcomes as never, "succeed");
    await control.charge(subscriptionId);
    await until(async () => await system.readView(subscriptionId), { what: "the recovery" });
    await system.skipTime(subscriptionId, 60_000);
    await act?.(system, subscriptionId);
    await system.runToEnd(subscriptionId);
    const history = await system.handle(subscriptionId).fetchHistory();
    writeFileSync(`${folder}/${pkg.version}.${name}.json`, `${historyToJSON(history)}\n`);
    expect(history.events?.length).toBeGreaterThan(20);
  });

  test.each(OTHER_WORKFLOWS)("$name", async ({ name, run }) => {
    const history = await system.client.workflow.getHandle(await run(system)).fetchHistory();
    writeFileSync(`${folder}/${pkg.version}.${name}.json`, `${historyToJSON(history)}\n`);
    expect(history.events?.length).toBeGreaterThan(10);
  });
});

function replay(path: string, bundle: { codePath: string } | { code: string }): Promise<void> {
  const history = historyFromJSON(JSON.parse(readFileSync(path, "utf8")));
  const started = history.events?.[0]?.workflowExecutionStartedEventAttributes;
  // The ids of charges and mandates are workflow ids.
  const workflowId = started?.workflowId ?? undefined;
  const options = { workflowBundle: bundle, replayName: "replay" };
  return Worker.runReplayHistory(options, history, workflowId);
}

describe.skipIf(isRecording)("a recorded history", () => {
  beforeAll(installRuntime);

  const names = readdirSync(folder).filter((name) => name.endsWith(".json"));

  test("exists for every workflow of this release", () => {
    expect(names).toEqual(
      expect.arrayContaining(
        [...RECOVERIES, ...OTHER_WORKFLOWS].map(({ name }) => `${pkg.version}.${name}.json`),
      ),
    );
  });

  test.each(names)("%s is replayed by the present workflow", async (name) => {
    const bundle = { codePath: workflowBundlePath() };
    await expect(replay(`${folder}/${name}`, bundle)).resolves.toBeUndefined();
  });

  test("is not replayed by a workflow that was changed without `patched`", async () => {
    const { code } = await bundleWorkflowCode({
      workflowsPath: workflows,
      logger: new DefaultLogger("WARN"),
    });
    // The same bundle without a timer for each wait: the commands differ from the recorded ones.
    const changed = code.replace(
      "await environment.wait(earliest(wakeAt, showBy), waitingFor,",
      "await environment.wait(null, waitingFor,",
    );
    expect(changed).not.toBe(code);
    await expect(
      replay(`${folder}/${pkg.version}.soft-decline-recovered.json`, { code: changed }),
    ).rejects.toThrow(/[Dd]eterminism|Nondeterminism/);
  });
});
