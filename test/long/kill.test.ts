import type { Client } from "@temporalio/client";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import type { LocalStack } from "../../dev/local-stack/local-stack.ts";
import type { Service } from "../../dev/local-stack/services.ts";
import type { RecoveryResult } from "../../domain/debt/result.ts";
import type { Proof } from "../../domain/reporting/proof.ts";
import { parseSubscriptionId } from "../../domain/values/ids.ts";
import { createActivityQueue } from "../../platform/temporal/activity-queue.ts";
import type { RequestEntry } from "../../sandbox/model/state/logs.ts";
import {
  chargeQueueOf,
  proofStartOf,
  RECOVERY_PROOF,
  type RecoveryView,
} from "../../workflows/contract.ts";
import { type FreezingProxy, startFreezingProxy } from "../support/faults/freezing-proxy.ts";
import { scriptedSubscription } from "../support/system/failed-charge.ts";
import { type ProcessStack, startProcessStack } from "../support/system/process-stack.ts";
import { until } from "../support/until.ts";

/** Charges hit by each kill. */
const AT_ONCE = 25;
const ROUNDS = 4;
/** Seconds instead of days, with real timers. Follow-ups every second, so that the times measure the kill alone. */
const POLICY = `
retry: { gaps: [12s, 12s, 12s], transient_gap: 12s, align: none, settle: 4s, settle_reads: 4, outcome_deadline: 120s, follow_up: [1s, 1s], after_method_change: 2s }
notices: { first_soft: 600s, before_attempt: 0s, hard: [0s] }
opening_reread: 1s
unknown_tax: none
window: 600s
quiet_end: 10s
`;
const PATIENT = { timeoutMs: 120_000 };
/** Target for detecting a killed worker's charges, once another worker runs. */
const KNOWN_WITHIN_MS = 15_000;

let client: Client;
let proxy: FreezingProxy;
let processes: ProcessStack;
let stack: LocalStack;
let runs = 0;

beforeAll(async () => {
  proxy = await startFreezingProxy(inject("temporalAddress"));
  processes = await startProcessStack("kills", {
    workerTemporalAddress: proxy.address,
    policy: POLICY,
    requestTimeout: "30s",
    sandbox: { settings: { webhookRetryScale: 0.01 } },
  });
  ({ stack, client } = processes);
  await stack.startGateway("1");
  // A customer's own pace, ten seconds a charge, is what test/long/pace.test.ts is about.
  const charging = createActivityQueue(client, chargeQueueOf(stack.taskQueue));
  await charging.setRateLimits({ perKey: { perSecond: 100, reason: "test" } }, "test");
});

afterAll(async () => {
  await processes.close();
  await proxy.close();
});

async function startWorker(): Promise<Service> {
  runs += 1;
  return await stack.startWorker(String(runs));
}

async function requestsOf(
  ids: readonly string[],
  method: string,
  end: string,
): Promise<RequestEntry[]> {
  const requests = await stack.sandbox.control.requests();
  return requests.filter(
    (one) =>
      one.method === method && one.path.endsWith(end) && ids.includes(one.subscriptionId ?? ""),
  );
}

const charges = async (ids: readonly string[]): Promise<RequestEntry[]> =>
  await requestsOf(ids, "POST", "/charge");

const viewOf = async (id: string): Promise<RecoveryView> =>
  await client.workflow.getHandle(`recovery-${id}`).query<RecoveryView>("recovery");

/** Creates recoveries whose first attempt is due in a few seconds. */
async function waiting(): Promise<readonly string[]> {
  const { control } = stack.sandbox;
  const ids: string[] = [];
  for (let number = 0; number < AT_ONCE; number += 1) {
    ids.push(await scriptedSubscription(control, [{ decline: "INSUFFICIENT_FUNDS" }]));
  }
  await Promise.all(ids.map((id) => control.charge(id)));
  for (const id of ids) {
    await until(
      async () => {
        const { recovery } = await viewOf(id);
        return recovery.plan !== null && Object.keys(recovery.pendingEffects).length === 0;
      },
      { what: `${id} to wait`, ...PATIENT },
    );
  }
  return ids;
}

/** Brings all charges to one step. @returns what to do once the worker is dead */
type Step = (ids: readonly string[], worker: Service) => Promise<() => void>;

async function fault(ids: readonly string[], given: object): Promise<void> {
  for (const subscriptionId of ids) {
    await stack.sandbox.control.addFault({ ...given, subscriptionId } as never);
  }
}

/** Loses all webhooks, so that only reads can show the outcome of a charge. */
async function loseWebhooks(ids: readonly string[]): Promise<void> {
  for (const subscriptionId of ids) {
    await stack.sandbox.control.addWebhookFault({ kind: "lost", subscriptionId });
  }
}

const allAre = async (
  entries: () => Promise<RequestEntry[]>,
  end: RequestEntry["end"],
): Promise<void> => {
  await until(async () => (await entries()).filter((one) => one.end === end).length >= AT_ONCE, {
    what: `${AT_ONCE} requests ${end}`,
    ...PATIENT,
  });
};

async function allBegun(ids: readonly string[]): Promise<void> {
  await until(async () => (await charges(ids)).length >= AT_ONCE, {
    what: "all begun",
    ...PATIENT,
  });
}

const STEPS: Readonly<Record<string, Step>> = {
  "during the pre-charge check": async (ids) => {
    await fault(ids, {
      kind: "hang_before",
      ms: 9_000,
      method: "GET",
      route: "/subscriptions/:id",
    });
    await until(
      async () => {
        const reads = await stack.sandbox.control.requests();
        const open = reads.filter(
          ({ method, end, subscriptionId }) =>
            method === "GET" && end === "open" && ids.includes(subscriptionId ?? ""),
        );
        return new Set(open.map(({ subscriptionId }) => subscriptionId)).size >= AT_ONCE;
      },
      { what: "all in their pre-charge check", ...PATIENT },
    );
    return () => undefined;
  },
  "while the POST is in flight": async (ids) => {
    await loseWebhooks(ids);
    await fault(ids, { kind: "hang_after", ms: 25_000, route: "/subscriptions/:id/charge" });
    await allAre(() => charges(ids), "open");
    return () => undefined;
  },
  "after the answer, before the worker has read it": async (ids, worker) => {
    await loseWebhooks(ids);
    await fault(ids, { kind: "slow", ms: 12_000, route: "/subscriptions/:id/charge" });
    await allBegun(ids);
    process.kill(worker.pid, "SIGSTOP");
    await allAre(() => charges(ids), "answered");
    return () => undefined;
  },
  "before Temporal has the activity's completion": async (ids) => {
    await fault(ids, { kind: "slow", ms: 12_000, route: "/subscriptions/:id/charge" });
    await allBegun(ids);
    proxy.freeze();
    await allAre(() => charges(ids), "answered");
    const before = proxy.heldBytes();
    await until(() => proxy.heldBytes() > before + AT_ONCE * 100, {
      what: "completions on their way",
      ...PATIENT,
    });
    return () => proxy.thaw();
  },
};

/**
 * Milliseconds since the new worker runs. Known: the recovery has learned that the charge's worker is gone, or how the
 * charge ended. Done: paid and active again, including the policy's waits.
 */
type Times = { readonly knownMs: number; readonly doneMs: number };

async function timesOf(id: string, killedAt: number, aliveAt: number): Promise<Times> {
  const { timeline } = await viewOf(id);
  const ofTheCharge = timeline.filter(
    ({ rule }) => rule.startsWith("charge.") || rule.startsWith("payment."),
  );
  const before = ofTheCharge.filter(({ at }) => at <= killedAt);
  expect(before, `${id} is hit`).toEqual([]);
  // The first recoveries may continue before the worker has logged that it is ready.
  const since = (at = Number.POSITIVE_INFINITY): number => Math.max(at - aliveAt, 0);
  return {
    knownMs: since(ofTheCharge[0]?.at),
    doneMs: since(timeline.at(-1)?.at),
  };
}

/** Median and maximum, in seconds. */
function spread(values: readonly number[]): string {
  const sorted = values.toSorted((a, b) => a - b);
  const seconds = (at: number): string => ((sorted.at(at) ?? 0) / 1_000).toFixed(1);
  return `${seconds(Math.floor(sorted.length / 2))} s, at most ${seconds(-1)} s`;
}

describe(`a worker killed with SIGKILL, ${AT_ONCE} charges at once, ${ROUNDS} rounds`, () => {
  test.each(Object.entries(STEPS))("%s leaves one success for each debt", async (name, reach) => {
    const figures: object[] = [];
    for (let round = 1; round <= ROUNDS; round += 1) {
      const worker = await startWorker();
      const ids = await waiting();
      const afterKill = await reach(ids, worker);
      const killedAt = Date.now();
      await worker.kill();
      afterKill();
      await stack.sandbox.control.clearFaults();
      const next = await startWorker();
      const aliveAt = Date.now();
      const times: Times[] = [];
      for (const id of ids) {
        const handle = client.workflow.getHandle(`recovery-${id}`);
        const result = (await client.withAbortSignal(AbortSignal.timeout(180_000), () =>
          handle.result(),
        )) as RecoveryResult;
        expect(result, id).toMatchObject({ outcome: "recovered", reactivated: true });
        expect(await stack.sandbox.control.ledgerOf(id), id).toMatchObject({
          succeeded: 1,
          open: 0,
          status: "active",
        });
        times.push(await timesOf(id, killedAt, aliveAt));
      }
      await expectProven(ids[0] ?? "");
      await next.stop(60_000);
      const knownMs = times.map((one) => one.knownMs);
      figures.push({
        round,
        known: spread(knownMs),
        done: spread(times.map(({ doneMs }) => doneMs)),
      });
      expect(Math.max(...knownMs)).toBeLessThan(KNOWN_WITHIN_MS);
    }
    console.log(name, figures);
  });
});

async function expectProven(id: string): Promise<void> {
  const subscriptionId = parseSubscriptionId(id);
  if (subscriptionId === null) throw new Error(id);
  const start = { ...proofStartOf(subscriptionId), taskQueue: stack.taskQueue };
  const proof = (await client.workflow.execute(RECOVERY_PROOF, start)) as Proof;
  expect(proof.findings, id).toEqual([]);
}
