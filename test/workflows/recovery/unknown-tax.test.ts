import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DAY_MS, MINUTE_MS } from "../../../domain/values/time.ts";
import type { LedgerSubscription } from "../../../sandbox/control/ledger.ts";
import { startTestSystem, type TestSystem } from "../../support/system/test-system.ts";
import { until } from "../../support/until.ts";

let system: TestSystem;

beforeAll(async () => {
  // As in real accounts: a payment shows its tax only once it has succeeded.
  system = await startTestSystem({
    settings: { unsettledDetails: "withheld", lineItems: "untaxed" },
  });
});

afterAll(async () => {
  await system.close();
});

type Subject = { readonly id: string; readonly email: string };

let customers = 0;

/** A subscription of 2900 with 21 % tax on top: each payment of it is 3509. */
async function subscribe(extra: object = {}): Promise<Subject> {
  customers += 1;
  const email = `taxed-${customers}@example.com`;
  const { control } = system.sandbox;
  const { customerId } = await control.createCustomer({ email, name: "Ada Lovelace" });
  const { subscriptionId } = await control.createSubscription({
    customerId,
    onDemand: true,
    priceMinor: 2_900,
    taxRate: 0.21,
    createdAt: new Date(Date.now() - 61 * DAY_MS).toISOString(),
    ...extra,
  });
  return { id: subscriptionId, email };
}

/** The merchant's charge fails, and a recovery opens. */
async function fail({ id }: Subject): Promise<void> {
  const { control } = system.sandbox;
  await control.script(id, [{ decline: "INSUFFICIENT_FUNDS" }], "succeed");
  await control.charge(id);
  await until(async () => (await system.readView(id)).recovery.openedAt > 0, {
    what: "its recovery",
  });
  await system.skipTime(id, MINUTE_MS);
}

const ledger = async ({ id }: Subject): Promise<LedgerSubscription> =>
  await system.sandbox.control.ledgerOf(id);

/** The amounts that were collected, with tax. */
async function collectedFrom(subject: Subject): Promise<number[]> {
  const { payments } = await ledger(subject);
  return payments
    .filter(({ status }) => status === "succeeded")
    .map(({ totalMinor }) => totalMinor);
}

const OPERATOR = "operator@merchant.example";

type Mail = TestSystem["inbox"]["mails"][number];

describe("a failed payment of 3509 whose tax Dodo does not give", () => {
  test("is never charged on top of its tax: the customer and the operator are written to", async () => {
    const subject = await subscribe();
    await fail(subject);
    const result = await system.runToEnd(subject.id);
    expect(await collectedFrom(subject)).toEqual([]);
    expect((await ledger(subject)).payments).toHaveLength(1);
    expect(result.outcome).toBe("exhausted");
    const mailsTo = (address: string): Mail[] =>
      system.inbox.mails.filter(({ to }) => to === address);
    expect(mailsTo(subject.email)).toHaveLength(4);
    expect(mailsTo(subject.email)[0]?.text).toContain("35.09");
    await until(() => mailsTo(OPERATOR).length > 0, { what: "the operator's mail" });
    expect(mailsTo(OPERATOR)).toHaveLength(1);
    expect(mailsTo(OPERATOR)[0]?.text).toContain("unknown_tax: none");
  });

  test("is paid by the customer, on Dodo's page, with what Dodo says is due", async () => {
    const subject = await subscribe();
    await fail(subject);
    await until(() => system.mailsTo(subject.email).length === 1, { what: "the customer's mail" });
    await system.sandbox.control.payAsCustomer(subject.id, { card: "good" });
    const result = await system.runToEnd(subject.id);
    expect(result.outcome).toBe("recovered");
    expect(await collectedFrom(subject)).toEqual([3_509]);
  });

  test.each([
    ["its line items show the tax", { lineItems: "taxed" }],
    ["prices include tax", { taxInclusive: true, priceMinor: 3_509 }],
  ])("is collected once, at 3509, where %s", async (_where, extra) => {
    const subject = await subscribe(extra);
    await fail(subject);
    const result = await system.runToEnd(subject.id);
    expect(result).toMatchObject({ outcome: "recovered", by: "attempt" });
    expect(await collectedFrom(subject)).toEqual([3_509]);
  });

  test("is collected once, at 3509, where an earlier payment of 3509 succeeded", async () => {
    const subject = await subscribe();
    await system.sandbox.control.charge(subject.id, {
      outcome: "succeed",
      createdAt: new Date(Date.now() - 30 * DAY_MS).toISOString(),
    });
    await until(async () => (await collectedFrom(subject)).length === 1, { what: "the success" });
    await fail(subject);
    await system.runToEnd(subject.id);
    expect(await collectedFrom(subject)).toEqual([3_509, 3_509]);
  });
});
