import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { skipTime } from "../../../dev/temporal/skip-time.ts";
import { DEFAULT_POLICY } from "../../../domain/policy.ts";
import { DAY_MS } from "../../../domain/values/time.ts";
import type { LedgerSubscription } from "../../../sandbox/control/ledger.ts";
import {
  type ApiAnswer,
  callApi,
  requestCharge,
  requestChargeUntilDecided,
} from "../../support/merchant/api.ts";
import { sendAcrossRestart } from "../../support/merchant/gateway-restart.ts";
import { startTestSystem, type TestSystem } from "../../support/system/test-system.ts";
import { until } from "../../support/until.ts";

let system: TestSystem;

beforeAll(async () => {
  // The second read before a charge, without its ten seconds.
  system = await startTestSystem({ policy: { ...DEFAULT_POLICY, openingRereadMs: 300 } });
});

afterAll(async () => {
  await system.close();
});

type Outcomes = Parameters<TestSystem["sandbox"]["control"]["script"]>[1];

let customers = 0;

async function subscribe(outcomes: Outcomes = [], extra: object = {}): Promise<string> {
  customers += 1;
  const { control } = system.sandbox;
  const email = `requested-${customers}@example.com`;
  const { customerId } = await control.createCustomer({ email, name: `Customer ${customers}` });
  const { subscriptionId } = await control.createSubscription({
    customerId,
    onDemand: true,
    createdAt: new Date(Date.now() - 61 * DAY_MS).toISOString(),
    ...extra,
  });
  await control.script(subscriptionId, outcomes, "succeed");
  return subscriptionId;
}

const ledger = async (id: string): Promise<LedgerSubscription> =>
  await system.sandbox.control.ledgerOf(id);

const request = async (id: string, key: string, body: unknown): Promise<ApiAnswer> =>
  await requestChargeUntilDecided(system.gatewayUrl, id, key, body);

async function untilCharge(chargeId: unknown, expected: object): Promise<ApiAnswer["body"]> {
  return await until(
    async () => {
      const { body } = await callApi(system.gatewayUrl, `/v1/charges/${String(chargeId)}`);
      return Object.entries(expected).every(([name, value]) => body[name] === value) ? body : null;
    },
    { what: `a charge that is ${JSON.stringify(expected)}` },
  );
}

describe("requested charge", () => {
  test("one key makes one charge: 50 requests at once, across a restart, and after its end", async () => {
    const id = await subscribe();
    const body = { amount: 2_900, metadata: { invoice_id: "in_1" } };
    const sent = await sendAcrossRestart(system, "chargeRequest", (url) =>
      requestCharge(url, id, "order-1", body),
    );
    const { before, after, gateway: second } = sent;
    const lost = before.filter((end) => end === "lost").length;
    expect(after).not.toContain("lost");
    const undecided = sent.answers.filter(({ status }) => status === 503);
    const answers = sent.answers.filter(({ status }) => status !== 503);
    // On a busy machine some requests get 503. All others must get the same 202.
    for (const { body: problem } of undecided)
      expect(problem).toMatchObject({ code: "unavailable" });
    answers.push(await requestChargeUntilDecided(second.url, id, "order-1", body));
    const accepted = answers[0]?.body ?? {};
    expect(answers.filter(({ status }) => status !== 202)).toEqual([]);
    expect(new Set(answers.map((answer) => JSON.stringify(answer.body))).size).toBe(1);
    const charge = await untilCharge(accepted["charge_id"], {
      state: "ended",
      outcome: "collected",
    });
    await until(
      async () =>
        (await system.client.workflow.getHandle(String(accepted["charge_id"])).describe())
          .closeTime,
      { what: "the end of its workflow" },
    );
    const again = await Promise.all(
      Array.from({ length: 50 }, () => requestChargeUntilDecided(second.url, id, "order-1", body)),
    );
    expect(again.every(({ status }) => status === 202)).toBe(true);
    expect(new Set(again.map((answer) => JSON.stringify(answer.body)))).toEqual(
      new Set([JSON.stringify(accepted)]),
    );
    const { payments, succeeded } = await ledger(id);
    expect({ payments: payments.length, succeeded }).toEqual({ payments: 1, succeeded: 1 });
    expect(payments[0]).toMatchObject({ attempt: `${String(accepted["charge_id"])}.1` });
    expect(charge["payment_id"]).toBe(payments[0]?.paymentId);
    console.log(
      `50 requests at once, ${lost} of them lost with the gateway, then twice 50 more: one charge`,
    );
    await second.app.close();
  });

  test("a charge that succeeds at once is collected without any mail to the customer", async () => {
    const id = await subscribe();
    const { body } = await request(id, "k", { amount: 1_500, description: "Usage in October" });
    await untilCharge(body["charge_id"], { outcome: "collected" });
    const result = await system.handle(id).result();
    expect(result).toMatchObject({ outcome: "collected", by: "attempt" });
    expect(system.mailsTo(`requested-${customers}@example.com`)).toEqual([]);
    const [payment] = (await ledger(id)).payments;
    expect(payment).toMatchObject({ totalMinor: 1_500, taxMinor: 0 });
  });

  test("a declined charge becomes a recovery, which repeats its body and reports its end", async () => {
    const id = await subscribe([{ decline: "INSUFFICIENT_FUNDS" }]);
    const body = {
      amount: 4_200,
      currency: "USD",
      description: "October",
      adaptive_currency_fees_inclusive: true,
      customer_balance_config: { allow_customer_credits_usage: true },
      metadata: { invoice_id: "in_7" },
    };
    const { body: accepted } = await request(id, "k", body);
    await untilCharge(accepted["charge_id"], {
      state: "recovering",
      decline_code: "INSUFFICIENT_FUNDS",
    });
    await system.runToEnd(id);
    await untilCharge(accepted["charge_id"], { state: "ended", outcome: "recovered" });
    const { payments } = await ledger(id);
    expect(payments.map(({ totalMinor, currency }) => [totalMinor, currency])).toEqual([
      [4_200, "USD"],
      [4_200, "USD"],
    ]);
    const chargeId = String(accepted["charge_id"]);
    expect(payments.map(({ metadata }) => metadata)).toEqual([
      expect.objectContaining({ invoice_id: "in_7", recovery_attempt: `${chargeId}.1` }),
      expect.objectContaining({ invoice_id: "in_7", recovery_attempt: `${chargeId}.2` }),
    ]);
    expect(system.mailsTo(`requested-${customers}@example.com`).length).toBeGreaterThan(0);
  });

  test("charges queue while another debt is open, and the twenty-first is refused", async () => {
    const id = await subscribe([{ decline: "STOLEN_CARD" }]);
    const { body: first } = await request(id, "first", { amount: 1_000 });
    await untilCharge(first["charge_id"], { state: "recovering" });
    const others = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        request(id, `next-${index}`, { amount: 1_100 + index }),
      ),
    );
    expect(others.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 202));
    const tooMany = await request(id, "one-too-many", { amount: 5_000 });
    expect(tooMany).toMatchObject({ status: 409, body: { code: "too_many_debts" } });
    const queued = others[0]?.body["charge_id"];
    await untilCharge(queued, { state: "queued" });
    expect((await ledger(id)).payments).toHaveLength(1);
    await system.handle(id).cancel();
    await untilCharge(queued, { state: "ended", outcome: "written_off" });
    await untilCharge(first["charge_id"], { state: "ended", outcome: "written_off" });
    expect((await ledger(id)).payments).toHaveLength(1);
  });

  test("a charge whose answer was lost is found by its key and not sent again", async () => {
    const id = await subscribe();
    await system.sandbox.control.addFault({
      route: "/subscriptions/:subscription_id/charge",
      kind: "drop_after",
      subscriptionId: id,
    });
    const { body } = await request(id, "k", { amount: 2_000 });
    await untilCharge(body["charge_id"], { outcome: "collected" });
    expect((await ledger(id)).payments).toHaveLength(1);
  });

  test("a charge is requested again after its recovery was terminated, and its earlier payment is found", async () => {
    const id = await subscribe([{ decline: "INSUFFICIENT_FUNDS" }]);
    const { body } = await request(id, "k", { amount: 2_000 });
    await untilCharge(body["charge_id"], { state: "recovering" });
    await system.handle(id).terminate("by hand");
    const { nativeConnection } = system.environment;
    await skipTime(nativeConnection, "default", String(body["charge_id"]), DAY_MS + 60_000);
    await until(async () => (await system.readView(id)).recovery.debt?.id === body["charge_id"], {
      what: "the debt in a new run",
    });
    await system.runToEnd(id);
    await untilCharge(body["charge_id"], { outcome: "recovered" });
    const { payments, succeeded } = await ledger(id);
    expect({ payments: payments.length, succeeded }).toEqual({ payments: 2, succeeded: 1 });
  });

  test.each([
    [
      "an unknown subscription",
      `sub_${randomUUID()}`,
      { amount: 900 },
      404,
      "subscription_not_found",
    ],
    ["another currency", {}, { amount: 900, currency: "EUR" }, 422, "currency_mismatch"],
    [
      "an amount below the minimum",
      { currency: "KWD" },
      { amount: 60 },
      422,
      "amount_below_minimum",
    ],
    [
      "a subscription that is not on-demand",
      { onDemand: false },
      { amount: 900 },
      409,
      "subscription_not_on_demand",
    ],
    [
      "a cancelled subscription",
      { status: "cancelled" },
      { amount: 900 },
      409,
      "subscription_not_chargeable",
    ],
  ])(
    "a charge with %s is refused with its code each time",
    async (_what, given, body, status, code) => {
      const id = typeof given === "string" ? given : await subscribe([], given);
      for (let time = 0; time < 2; time += 1) {
        const answer = await request(id, "k", body);
        expect(answer).toMatchObject({ status, body: { status, code } });
        expect(answer.type).toContain("application/problem+json");
      }
      if (typeof given !== "string") expect((await ledger(id)).payments).toEqual([]);
    },
  );

  test("another body under the same key is refused, while the charge is open and after its end", async () => {
    const id = await subscribe();
    const { body } = await request(id, "k", { amount: 2_000, metadata: { a: "1", b: "2" } });
    const other = await request(id, "k", { amount: 2_001, metadata: { a: "1", b: "2" } });
    expect(other).toMatchObject({ status: 422, body: { code: "idempotency_key_reused" } });
    await untilCharge(body["charge_id"], { outcome: "collected" });
    const after = await request(id, "k", { amount: 2_001 });
    expect(after).toMatchObject({ status: 422, body: { code: "idempotency_key_reused" } });
    const reordered = await request(id, "k", { metadata: { b: "2", a: "1" }, amount: 2_000 });
    expect(reordered).toMatchObject({ status: 202, body });
    expect((await ledger(id)).payments).toHaveLength(1);
  });
});

test("in shadow mode a charge is refused and opens no recovery", async () => {
  const shadow = await startTestSystem({ mode: "shadow" });
  try {
    const { subscriptionId } = await shadow.sandbox.control.createSubscription({ onDemand: true });
    const answer = await requestChargeUntilDecided(shadow.gatewayUrl, subscriptionId, "k", {
      amount: 900,
    });
    expect(answer).toMatchObject({ status: 409, body: { code: "shadow" } });
    const recovery = await callApi(shadow.gatewayUrl, `/v1/recoveries/${subscriptionId}`);
    expect(recovery.status).toBe(404);
    expect((await shadow.sandbox.control.ledgerOf(subscriptionId)).payments).toEqual([]);
  } finally {
    await shadow.close();
  }
});
