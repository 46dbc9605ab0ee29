import { describe, expect, test } from "vitest";
import { chargeRequested } from "../../../dev/model/events.ts";
import { DEFAULT_POLICY } from "../../../domain/policy.ts";
import { RESUME } from "../../support/domain/operator-commands.ts";
import { HOUR_MS, MINUTE_MS, SECOND_MS, startScenario } from "../../support/domain/scenario.ts";
import { alerts, attention, charges, decline, failing, LINK, SOFT, SUCCEED } from "./scenario.ts";

describe("a payment that succeeds after it was handled", () => {
  test("settles the debt on a page that had just expired, and nothing more is charged", async () => {
    const run = await failing("EXPIRED_CARD");
    await run.until(1);
    run.world.command(LINK);
    await run.until(2, 2 * SECOND_MS);
    run.dodo.customerPays("pay_2", "pm_2");
    await run.untilOver();
    expect(run.dodo.succeeded).toHaveLength(1);
    expect(run.world.results[0]).toMatchObject({ outcome: "recovered", by: "customer" });
  });

  test("settles the debt on a page where a first card was declined", async () => {
    const run = await failing("EXPIRED_CARD");
    await run.until(1);
    run.world.command(LINK);
    await run.until(1, MINUTE_MS);
    run.dodo.customerPays("pay_2", "pm_2", decline("INSUFFICIENT_FUNDS"));
    await run.until(1, 2 * MINUTE_MS);
    Object.assign(run.dodo.payments.find(({ paymentId }) => paymentId === "pay_2") ?? {}, {
      status: "processing",
      declineCode: null,
    });
    run.dodo.end("pay_2", SUCCEED);
    await run.untilOver();
    expect(run.dodo.succeeded.map(({ paymentId }) => paymentId)).toEqual(["pay_2"]);
    expect(charges(run)).toBe(0);
  });

  test("settles the debt if it is the failed payment itself", async () => {
    const run = await failing("INSUFFICIENT_FUNDS");
    await run.until(1);
    Object.assign(run.dodo.payments[0] ?? {}, { status: "processing", declineCode: null });
    run.dodo.end("pay_1", SUCCEED);
    await run.untilOver();
    expect(run.world.results[0]).toMatchObject({ outcome: "recovered", by: "customer" });
    expect(charges(run)).toBe(0);
  });

  test("raises a question if a person had dismissed its failure", async () => {
    const run = await failing("INSUFFICIENT_FUNDS", [], { holdsOnFailure: false });
    await run.until(1);
    run.dodo.merchantCharges(SOFT);
    await run.until(1, HOUR_MS);
    run.world.command(RESUME);
    await run.until(1, 2 * HOUR_MS);
    Object.assign(run.dodo.payments[1] ?? {}, { status: "processing" });
    run.dodo.end("pay_2", SUCCEED);
    await run.until(20);
    expect(attention(run)).toEqual(["unattributed_success"]);
    expect(charges(run)).toBe(0);
  });
});

describe("an attempt with a total above what is owed", () => {
  test.each([
    ["succeeded", SUCCEED],
    ["declined", SOFT],
  ] as const)("notifies the operator when it %s, and charges nothing more", async (_, verdict) => {
    const run = await failing("INSUFFICIENT_FUNDS", [{ kind: "stay", status: "processing" }]);
    await run.until(3, SECOND_MS);
    Object.assign(run.dodo.payments[1] ?? {}, { totalMinor: 5_000 });
    run.dodo.end("pay_2", verdict);
    await run.until(25);
    expect(alerts(run)).toContain("overcharged");
    expect(charges(run)).toBe(1);
  });

  test("stays a question after the payment's deadline", async () => {
    const run = await failing("INSUFFICIENT_FUNDS", [{ kind: "stay", status: "processing" }]);
    await run.until(3, 500);
    Object.assign(run.dodo.payments[1] ?? {}, { totalMinor: 5_000 });
    await run.until(8);
    run.dodo.end("pay_2", SOFT);
    await run.until(25);
    expect(attention(run)).toEqual(["overcharged"]);
    expect(charges(run)).toBe(1);
  });
});

describe("another debt's payment", () => {
  test("does not block this debt when it succeeds late", async () => {
    const run = await failing("INSUFFICIENT_FUNDS", [], { holdsOnFailure: false });
    run.dodo.payments.push({
      ...run.dodo.payments[0],
      paymentId: "pay_other",
      createdAt: run.timeline.now(),
      metadata: { recovery_attempt: "pay_0.3" },
      status: "succeeded",
      declineCode: null,
    } as never);
    await run.untilOver();
    expect(run.world.results[0]).toMatchObject({ outcome: "recovered", by: "attempt" });
    expect(charges(run)).toBe(1);
  });
});

describe("the merchant's own retry of an invoice that our attempt has paid", () => {
  test("opens no debt after the end, as its debt_key shows what it was for", async () => {
    const policy = { ...DEFAULT_POLICY, debtKey: "invoice_id" };
    const run = startScenario({ listLagMs: 5 * MINUTE_MS }, policy);
    run.dodo.merchantCharges(SOFT, { invoice_id: "in_1" });
    await run.until(3, -20 * SECOND_MS);
    const { deliver } = run.world;
    run.world.deliver = (type) => (type === "payment.failed" ? [3 * HOUR_MS] : deliver(type));
    run.dodo.merchantCharges(SOFT, { invoice_id: "in_1" });
    await run.until(40);
    expect(charges(run)).toBe(1);
    expect(run.world.results.map(({ outcome }) => outcome)).toEqual(["recovered", "nothing_owed"]);
  });
});

describe("a payment whose debt_key names a queued debt", () => {
  test("ends the queued debt, and asks nobody", async () => {
    const run = startScenario({}, { ...DEFAULT_POLICY, debtKey: "invoice_id" });
    run.dodo.verdicts.push({ kind: "stay", status: "processing" });
    run.world.requestCharge(chargeRequested(run.timeline.now()));
    await run.until(1);
    run.dodo.merchantCharges(SOFT, { invoice_id: "in_2" }, 1_500);
    await run.until(1, HOUR_MS);
    const paid = run.dodo.merchantCharges(SUCCEED, { invoice_id: "in_2" }, 1_500);
    await run.until(2);
    expect(alerts(run)).not.toContain("unattributed_success");
    expect(run.world.recovery?.ended).toMatchObject([
      { outcome: "recovered", by: "merchant", paymentId: paid.paymentId },
    ]);
  });
});

describe("a page of Dodo's that the customer left", () => {
  test("blocks attempts for a day and no longer", async () => {
    const run = await failing("INSUFFICIENT_FUNDS");
    await run.until(2, 12 * HOUR_MS);
    run.dodo.customerChangesMethod("pm_2", { kind: "stay", status: "requires_payment_method" });
    await run.until(3, 6 * HOUR_MS);
    expect(charges(run)).toBe(0);
    await run.untilOver();
    expect(charges(run)).toBe(1);
    expect(alerts(run)).toEqual([]);
  });

  test("does not keep the customer from a second payment page", async () => {
    const run = await failing("EXPIRED_CARD");
    run.dodo.faults.push({ kind: "lost_after" });
    const lost = run.world.command(LINK);
    await run.until(0, 5 * MINUTE_MS);
    expect(run.world.replies.get(lost)).toMatchObject({ ok: false, code: "not_now" });
    const again = run.world.command(LINK);
    await run.until(0, 6 * MINUTE_MS);
    expect(run.world.replies.get(again)).toMatchObject({ ok: true });
  });
});

describe("the customer's button", () => {
  test("is answered if the card changes while the page is being created", async () => {
    const run = await failing("EXPIRED_CARD", [], { holdsOnFailure: false });
    await run.until(1);
    run.dodo.customerChangesMethod("pm_2");
    await run.until(1, 1_010);
    const command = run.world.command(LINK);
    await run.until(2);
    expect(run.world.replies.has(command)).toBe(true);
  });

  test("is answered for each of too many presses at once", async () => {
    const run = await failing("EXPIRED_CARD");
    const commands = Array.from({ length: 30 }, () => run.world.command(LINK));
    await run.until(0, 5 * MINUTE_MS);
    expect(commands.filter((command) => !run.world.replies.has(command))).toEqual([]);
  });
});
