import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { formatProof } from "../../cli/text/proof-text.ts";
import type { Proof } from "../../domain/reporting/proof.ts";
import { proofBodyOf } from "../../domain/reporting/proof-body.ts";
import { parseSubscriptionId } from "../../domain/values/ids.ts";
import { DAY_MS } from "../../domain/values/time.ts";
import { proofStartOf, RECOVERY_PROOF } from "../../workflows/contract.ts";
import { type ApiAnswer, callApi } from "../support/merchant/api.ts";
import { failedCharge } from "../support/system/failed-charge.ts";
import { startTestSystem, type TestSystem } from "../support/system/test-system.ts";
import { until } from "../support/until.ts";

// The gateway keeps its deadline: a test below reads a proof that takes longer.
vi.unmock("../../server/temporal/call-temporal.ts");

let system: TestSystem;

beforeAll(async () => {
  system = await startTestSystem();
});

afterAll(async () => {
  await system.close();
});

const SOFT = { decline: "INSUFFICIENT_FUNDS" };

const failedSubscription = async (outcomes: Parameters<typeof failedCharge>[1]): Promise<string> =>
  await failedCharge(system, outcomes, {
    createdAt: new Date(Date.now() - 61 * DAY_MS).toISOString(),
  });

const readProofOnce = async (id: string): Promise<ApiAnswer> =>
  await callApi(system.gatewayUrl, `/v1/recoveries/${id}/proof`);

/** Repeats the request until the proof is ready, as an operator does. */
const readProof = async (id: string): Promise<ApiAnswer> =>
  await until(
    async () => {
      const answer = await readProofOnce(id);
      return answer.status === 503 ? null : answer;
    },
    { what: `the proof of ${id}` },
  );

/** Waits until Temporal's visibility store, which lags, has all runs. */
async function proofOf(id: string, runs = 1): Promise<Proof> {
  const subscriptionId = parseSubscriptionId(id);
  if (subscriptionId === null) throw new Error(id);
  const start = { ...proofStartOf(subscriptionId), taskQueue: system.taskQueue };
  return await until(
    async () => {
      const proof = (await system.client.workflow.execute(RECOVERY_PROOF, start)) as Proof;
      return proof.runs >= runs ? proof : null;
    },
    { what: "the proof" },
  );
}

/** Replaces ids and times, which differ from run to run. */
const plain = (text: string): string =>
  text
    .replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)? UTC/g, "<time>")
    .replaceAll(/pay_\w+/g, (id) => (id === first ? "pay_1" : "pay_…"))
    .replaceAll(/sub_\w+/g, "sub_…");
let first = "";

describe("proof of a recovery", () => {
  test("the proof shows each attempt's key, request, evidence and rule, and what was collected", async () => {
    const id = await failedSubscription([SOFT, SOFT]);
    expect((await system.runToEnd(id)).outcome).toBe("recovered");
    const proof = await proofOf(id);
    first = proof.debts[0]?.debtId ?? "";
    expect(proof.findings).toEqual([]);
    expect(proof.debts[0]?.collectedAtDodo).toEqual(proof.debts[0]?.collected);
    expect(plain(formatProof(proofBodyOf(id, proof, 0)))).toMatchInlineSnapshot(`
      "sub_…: 1 debt in 1 workflow run

      debt pay_1, failed <time>
        attempt 2, <time>: USD 29.00 with key pay_1.2
          decided by schedule.due: attempt 2 of USD 29.00 starts (schedule)
          result: pay_…
          payments at Dodo with this key: pay_… (failed)
        attempt 3, <time>: USD 29.00 with key pay_1.3
          decided by schedule.due: attempt 3 of USD 29.00 starts (schedule)
          result: pay_…
          payments at Dodo with this key: pay_… (succeeded)
        recovered by attempt (subscription.reactivated: paid by attempt; the subscription is active)
        owed USD 29.00, collected USD 29.00 in 1 payment

      Temporal and Dodo agree."
    `);
  });

  test("the operator API returns a proof that a worker makes", async () => {
    const id = await failedSubscription([SOFT, SOFT]);
    await system.runToEnd(id);
    await proofOf(id);
    const { status, body } = await readProof(id);
    expect(status).toBe(200);
    expect(body).toMatchObject({ subscription_id: id, agree: true, findings: [], runs: 1 });
    expect(body["debts"]).toMatchObject([
      {
        currency: "USD",
        owed: 2_900,
        outcome: "recovered",
        by: "attempt",
        rule: "subscription.reactivated",
        attempts: [
          { number: 2, rule: "schedule.due", at_dodo: [{ status: "failed" }] },
          {
            number: 3,
            request: { amount: 2_900, currency: "USD", via: "charge" },
            answer: { kind: "accepted" },
            at_dodo: [{ status: "succeeded", total: 2_900 }],
          },
        ],
        collected: { amount: 2_900 },
        collected_at_dodo: { amount: 2_900 },
      },
    ]);
    await system.sandbox.control.charge(id, {
      metadata: { recovery_attempt: `${(body["debts"] as { debt_id: string }[])[0]?.debt_id}.7` },
      outcome: "succeed",
    });
    await until(async () => (await system.sandbox.control.ledgerOf(id)).succeeded === 2, {
      what: "a second success",
    });
    await proofOf(id);
    expect((await readProof(id)).body).toMatchObject({ agree: false });
  });

  test("a proof of a subscription without a recovery gets 404 and starts no workflow", async () => {
    const nowhere = `sub_${randomUUID()}`;
    expect(await readProof(nowhere)).toMatchObject({ status: 404, body: { code: "no_recovery" } });
    await expect(
      system.client.workflow.getHandle(`proof-${nowhere}`).describe(),
    ).rejects.toMatchObject({
      name: "WorkflowNotFoundError",
    });
  });

  test("a proof that is not ready in time is returned by the next request", async () => {
    const id = await failedSubscription([SOFT]);
    await system.sandbox.control.addFault({ kind: "slow", ms: 3_500, route: "/payments" });
    const late = await readProofOnce(id);
    expect(late).toMatchObject({ status: 503, body: { code: "unavailable" } });
    expect(Number(late.headers.get("retry-after"))).toBeGreaterThan(0);
    const proof = system.client.workflow.getHandle(`proof-${id}`);
    const { runId } = await proof.describe();
    await proof.result();
    expect(await readProof(id)).toMatchObject({ status: 200, body: { subscription_id: id } });
    expect((await proof.describe()).runId).toBe(runId);
  });

  test("the proof of an open recovery has no end", async () => {
    const proof = await proofOf(await failedSubscription([SOFT]));
    expect(proof.findings).toEqual([]);
    expect(proof.debts[0]).toMatchObject({
      end: null,
      attempts: [],
      collected: { amountMinor: 0 },
    });
  });

  test("the proof counts what Dodo collected with a new card", async () => {
    const id = await failedSubscription([{ decline: "EXPIRED_CARD" }]);
    await system.sandbox.control.changePaymentMethod(id, { card: "good" });
    await system.handle(id).result();
    const proof = await proofOf(id);
    expect(proof.findings).toEqual([]);
    expect(proof.debts[0]).toMatchObject({
      end: { by: "customer" },
      collected: { amountMinor: 2_900 },
      collectedAtDodo: { amountMinor: 2_900 },
    });
  });

  test("the proof finds the payment of an attempt whose answer was lost", async () => {
    const id = await failedSubscription([SOFT]);
    await system.sandbox.control.addFault({
      kind: "drop_after",
      method: "POST",
      route: "/subscriptions/:id/charge",
      subscriptionId: id,
    });
    expect((await system.runToEnd(id)).outcome).toBe("recovered");
    const proof = await proofOf(id);
    expect(proof.findings).toEqual([]);
    expect(proof.debts[0]?.attempts.map(({ outcome }) => outcome?.kind)).toEqual(["unknown"]);
    expect(proof.debts[0]?.collected.amountMinor).toBe(2_900);
  });

  test("the proof reports a payment with an attempt's key that no attempt made", async () => {
    const id = await failedSubscription([SOFT]);
    expect((await system.runToEnd(id)).outcome).toBe("recovered");
    const debtId = (await proofOf(id)).debts[0]?.debtId ?? "";
    await system.sandbox.control.charge(id, {
      metadata: { recovery_attempt: `${debtId}.7` },
      outcome: "succeed",
    });
    await until(async () => (await system.sandbox.control.ledgerOf(id)).succeeded === 2, {
      what: "a second success",
    });
    const { findings } = await proofOf(id);
    expect(findings.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(["double_charge", "more_than_owed", "unknown_attempt"]),
    );
    expect(formatProof(proofBodyOf(id, await proofOf(id), 0))).toContain("NOT PROVEN:");
  });
});
