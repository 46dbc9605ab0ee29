import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DAY_MS, HOUR_MS } from "../../../domain/values/time.ts";
import { en } from "../../../platform/customer/texts/en.ts";
import { type ApiAnswer, callApi } from "../../support/merchant/api.ts";
import { failedCharge } from "../../support/system/failed-charge.ts";
import { startTestSystem, type TestSystem } from "../../support/system/test-system.ts";
import { until } from "../../support/until.ts";

let system: TestSystem;

beforeAll(async () => {
  system = await startTestSystem();
});

afterAll(async () => {
  await system.close();
});

const SOFT = { decline: "INSUFFICIENT_FUNDS" } as const;
const CONFIRM = { requires_customer_action: true } as const;
const MERCHANT = { stay: "requires_merchant_action" } as const;

type Given = Parameters<typeof failedCharge>[2];

let customers = 0;

/** A recovery whose second attempt is open and waits for a person. Its attempts are due at its creation's time of day. */
async function waitingRecovery(
  outcome: typeof CONFIRM | typeof MERCHANT,
  given: Given = {},
): Promise<{ readonly id: string; readonly email: string }> {
  customers += 1;
  const email = `ada${customers}@example.com`;
  const createdAt = new Date(Date.now() - 61 * DAY_MS).toISOString();
  const id = await failedCharge(system, [SOFT, outcome], { email, createdAt, ...given });
  await until(
    async () => {
      const { recovery } = await system.readView(id);
      if (recovery.charge?.phase === "accepted") return true;
      await skip(id, 6 * HOUR_MS);
      return false;
    },
    { what: `the open charge of ${id}` },
  );
  return { id, email };
}

/** Skips time, and waits until nothing is in flight. */
async function skip(id: string, durationMs: number): Promise<void> {
  await system.skipTime(id, durationMs);
  await until(async () => await system.sandbox.control.isIdle(id), { what: `${id} at rest` });
}

async function pageOf(email: string, method: "GET" | "POST"): Promise<Response> {
  const mail = system.inbox.mails.findLast(
    ({ to, text }) => to.includes(email) && text.includes("/pay/"),
  );
  const link = /http\S+\/pay\/\S+/.exec(mail?.text ?? "")?.[0] ?? "";
  return await fetch(link, { method, redirect: "manual" });
}

const retry = async (id: string, body: object): Promise<ApiAnswer> =>
  await callApi(system.gatewayUrl, `/v1/recoveries/${id}/retry`, { body });

async function openPaymentOf(id: string): Promise<string> {
  const { payments } = await system.sandbox.control.ledgerOf(id);
  const open = payments.find(({ status }) => status?.startsWith("requires_") === true);
  return open?.paymentId ?? "no open payment";
}

describe("a charge that waits for the customer", () => {
  test("has the customer asked twice, and Reprise's page leads to the payment's own page, where it is completed", async () => {
    const { id, email } = await waitingRecovery(CONFIRM);
    await skip(id, 2 * DAY_MS);
    const page = await pageOf(email, "GET");
    expect(await page.text()).toContain(`<h1>${en["authentication.heading"]}</h1>`);
    const paymentId = await openPaymentOf(id);
    const press = await pageOf(email, "POST");
    expect([press.status, press.headers.get("location")]).toEqual([
      303,
      `${system.sandbox.url}/pay/${paymentId}`,
    ]);
    await system.sandbox.control.settlePayment(paymentId, { outcome: "succeed" });
    expect((await system.runToEnd(id)).outcome).toBe("recovered");
    const ledger = await system.sandbox.control.ledgerOf(id);
    expect([ledger.succeeded, ledger.payments.length]).toEqual([1, 2]);
    const asked = system.mailsTo(email).filter((subject) => subject.includes("onfirm"));
    expect(asked).toHaveLength(1);
    expect(system.mailsTo(email).filter((subject) => subject.startsWith("Reminder"))).toHaveLength(
      1,
    );
    const mails = system.inbox.mails.filter(({ to }) => to.includes(email));
    expect(mails.filter(({ text }) => text.includes(system.sandbox.url))).toEqual([]);
  });

  test("has no page of Dodo's: the link says what to do, and creates no other payment", async () => {
    const { id, email } = await waitingRecovery(CONFIRM, { confirmationPage: false });
    await skip(id, 4 * HOUR_MS);
    const press = await pageOf(email, "POST");
    const text = await press.text();
    expect(text).toContain("Please confirm the payment in your bank’s app");
    expect((await system.sandbox.control.ledgerOf(id)).payments).toHaveLength(2);
    await system.sandbox.control.settlePayment(await openPaymentOf(id), { outcome: "succeed" });
    expect((await system.runToEnd(id)).outcome).toBe("recovered");
  });
});

describe("a charge that waits for the merchant", () => {
  test("has the operator asked, and not the customer", async () => {
    const { id, email } = await waitingRecovery(MERCHANT);
    const before = system.mailsTo(email).length;
    await skip(id, DAY_MS);
    const { recovery } = await system.readView(id);
    expect(recovery.alertsSent.map(({ cause }) => cause)).toContain("merchant_action_required");
    expect(system.mailsTo(email)).toHaveLength(before);
    await system.sandbox.control.settlePayment(await openPaymentOf(id), { outcome: "succeed" });
    expect((await system.runToEnd(id)).outcome).toBe("recovered");
  });
});

describe("an operator who confirms that a waiting payment is dead", () => {
  test("is refused before the deadline, charges after it, and is told when that payment succeeds after all", async () => {
    const { id } = await waitingRecovery(CONFIRM, { pendingGuard: "off" });
    const paymentId = await openPaymentOf(id);
    expect(await retry(id, { confirmed_dead: true })).toMatchObject({
      status: 409,
      body: { code: "not_now" },
    });
    await skip(id, 4 * DAY_MS);
    await system.untilState(id, "needs_attention");
    const answer = await retry(id, { confirmed_dead: true, note: "she cannot reach her bank" });
    expect(answer).toMatchObject({
      status: 200,
      body: {
        waiting_payment: null,
        released_payments: [{ payment_id: paymentId, waits_for: "customer", by: "anna" }],
      },
    });
    await system.untilState(id, "ended");
    expect((await system.sandbox.control.ledgerOf(id)).succeeded).toBe(1);
    await system.sandbox.control.settlePayment(paymentId, { outcome: "succeed" });
    const result = await system.runToEnd(id);
    expect(result).toMatchObject({ outcome: "recovered", debts: [{ attempts: { length: 3 } }] });
    await until(
      () =>
        system.inbox.mails.some(
          ({ to, subject, text }) =>
            to.includes("operator@merchant.example") &&
            subject.includes("paid more than was owed") &&
            text.includes(paymentId),
        ),
      { what: "the operator's mail about the overcharge" },
    );
  });

  test("is refused by Dodo: nothing more is sent, and the customer's own payment recovers the debt", async () => {
    const { id } = await waitingRecovery(CONFIRM);
    const paymentId = await openPaymentOf(id);
    await skip(id, 4 * DAY_MS);
    await system.untilState(id, "needs_attention");
    expect((await retry(id, { confirmed_dead: true })).status).toBe(200);
    await system.untilState(id, "awaiting_customer");
    expect(await retry(id, {})).toMatchObject({ status: 409, body: { code: "being_processed" } });
    await skip(id, DAY_MS);
    const requests = await system.sandbox.control.requests();
    const charges = requests.filter(
      ({ method, path }) => `${method} ${path}` === `POST /subscriptions/${id}/charge`,
    );
    expect(charges).toHaveLength(2);
    await system.sandbox.control.settlePayment(paymentId, { outcome: "succeed" });
    expect((await system.runToEnd(id)).outcome).toBe("recovered");
    expect((await system.sandbox.control.ledgerOf(id)).succeeded).toBe(1);
  });
});
