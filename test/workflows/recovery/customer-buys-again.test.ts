import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { RecoveryResult } from "../../../domain/debt/result.ts";
import { DEFAULT_POLICY } from "../../../domain/policy.ts";
import { DAY_MS, HOUR_MS } from "../../../domain/values/time.ts";
import { UPDATES } from "../../../workflows/contract.ts";
import { failedCharge } from "../../support/system/failed-charge.ts";
import { startTestSystem, type TestSystem } from "../../support/system/test-system.ts";
import { until } from "../../support/until.ts";

const SOFT = { decline: "INSUFFICIENT_FUNDS" };

let system: TestSystem;
/** Subscriptions whose policy is `replaced_by: end`. */
const ending = new Set<string>();

beforeAll(async () => {
  system = await startTestSystem({
    policyOf: (id) =>
      ending.has(id) ? { ...DEFAULT_POLICY, replacedBy: "end" as const } : DEFAULT_POLICY,
  });
});

afterAll(async () => {
  await system.close();
});

let customers = 0;

type Customer = { readonly customerId: string; readonly email: string };

async function customer(): Promise<Customer> {
  customers += 1;
  const email = `again-${customers}@example.com`;
  const { customerId } = await system.sandbox.control.createCustomer({ email });
  return { customerId, email };
}

/** The attempts that Reprise made for a subscription. */
async function attemptsOf(id: string): Promise<readonly (string | null)[]> {
  const { payments } = await system.sandbox.control.ledgerOf(id);
  return payments.filter(({ attempt }) => attempt !== null).map(({ status }) => status);
}

const createdAt = (): number => Date.now() - 61 * DAY_MS;

describe("a customer who buys the same product again after a failed charge", () => {
  test("is neither charged on day 3 nor told that a charge is coming, until a person resumes", async () => {
    const { customerId, email } = await customer();
    const id = await failedCharge(system, [SOFT], { customerId, createdAt: createdAt() });
    const bought = await system.sandbox.control.buyAgain(id);
    expect(bought.status).toBe("succeeded");
    await system.skipTime(id, 4 * DAY_MS);
    expect(await attemptsOf(id)).toEqual([]);
    expect(system.mailsTo(email)).toEqual([]);
    await system.untilState(id, "needs_attention");
    const { recovery } = await system.readView(id);
    expect(recovery.attention).toMatchObject([
      {
        cause: "bought_again",
        paymentId: bought.paymentId,
        subscriptionId: bought.subscriptionId,
      },
    ]);
    await until(
      () =>
        system.inbox.mails.find(
          ({ subject, text }) =>
            /bought the same product again/.test(subject) && text.includes(bought.paymentId),
        ),
      { what: "the operator's mail" },
    );
    await system.handle(id).executeUpdate(UPDATES.resume, { args: [{ by: "anna" }] });
    const result = await system.runToEnd(id);
    expect(result).toMatchObject({ outcome: "recovered", by: "attempt" });
    expect(await attemptsOf(id)).toEqual(["succeeded"]);
    expect(system.mailsTo(email)[0]).toContain("did not go through");
  });

  test("is not charged on day 3 if the purchase comes after the announcement", async () => {
    const { customerId, email } = await customer();
    const id = await failedCharge(system, [SOFT], { customerId, createdAt: createdAt() });
    await system.skipTime(id, 2 * DAY_MS + HOUR_MS);
    await until(() => system.mailsTo(email).length === 2, { what: "the announcement" });
    await system.sandbox.control.buyAgain(id);
    await system.skipTime(id, 3 * DAY_MS);
    expect(await attemptsOf(id)).toEqual([]);
    await system.untilState(id, "needs_attention");
    await system.handle(id).executeUpdate(UPDATES.writeOff, { args: [{ by: "anna" }] });
    expect((await system.handle(id).result()) as RecoveryResult).toMatchObject({
      outcome: "written_off",
    });
  });

  test("owes nothing under replaced_by: end, and the result names the payment", async () => {
    const { customerId, email } = await customer();
    const { control } = system.sandbox;
    const { subscriptionId: id } = await control.createSubscription({ customerId });
    ending.add(id);
    await control.script(id, [SOFT], "succeed");
    await control.charge(id);
    await until(async () => await system.readView(id), { what: "its recovery" });
    await system.skipTime(id, 60_000);
    const { paymentId } = await control.buyAgain(id);
    expect(await system.runToEnd(id)).toMatchObject({
      outcome: "nothing_owed",
      debts: [{ rule: "payment.replaced", paymentId }],
    });
    expect(await attemptsOf(id)).toEqual([]);
    expect(system.mailsTo(email)).toEqual([]);
  });
});

describe("a second seat of the same product", () => {
  test("does not hold the attempt of day 3 when it is renewed", async () => {
    const { customerId, email } = await customer();
    const { control } = system.sandbox;
    const seat = await control.createSubscription({ customerId, createdAt: createdAt() });
    const id = await failedCharge(system, [SOFT], { customerId, createdAt: createdAt() });
    await control.charge(seat.subscriptionId, { outcome: "succeed" });
    const result = await system.runToEnd(id);
    expect(result).toMatchObject({ outcome: "recovered", by: "attempt" });
    expect(await attemptsOf(id)).toEqual(["succeeded"]);
    expect(system.mailsTo(email)).toHaveLength(3);
  });
});
