import { describe, expect, test } from "vitest";
import type { Verdict } from "../../../dev/model/dodo.ts";
import { paymentReported, unattributedPayment } from "../../../dev/model/events.ts";
import { paymentStatus } from "../../../dodo/statuses.ts";
import { DEFAULT_POLICY, type Policy } from "../../../domain/policy.ts";
import type { DomainEvent } from "../../../domain/state/event.ts";
import type { Payment } from "../../../domain/state/payment.ts";
import { MARK_PAID, PAUSE, WRITE_OFF } from "../../support/domain/operator-commands.ts";
import {
  DAY_MS,
  describeDecisions,
  HOUR_MS,
  MINUTE_MS,
  startScenario,
} from "../../support/domain/scenario.ts";
import {
  attention,
  BY_KEY,
  collected,
  ends,
  failing,
  HARD,
  NEW_DEBT,
  resume,
  SOFT,
} from "./failing-charge.ts";

describe("several debts of one subscription", () => {
  test("are collected one at a time, oldest first, each with its own amount", async () => {
    const played = await failing(NEW_DEBT);
    played.dodo.merchantCharges(SOFT, {}, 1_500);
    played.dodo.verdicts.push({ kind: "succeed" });
    await played.until(1);
    expect(played.world.recovery?.queue.map(({ debt }) => debt.priceMinor)).toEqual([1_500]);
    await played.untilOver();
    expect(collected(played)).toEqual([2_900, 1_500]);
    expect(ends(played)).toEqual(["2900 recovered by attempt", "1500 recovered by attempt"]);
    const keys = played.dodo.succeeded.map(({ metadata }) => metadata["recovery_attempt"]);
    expect(keys).toEqual(["pay_1.2", "pay_2.2"]);
  });

  test("each have a window that begins when the debt becomes current", async () => {
    const played = await failing(NEW_DEBT, { verdicts: [SOFT, SOFT, SOFT, SOFT, SOFT, SOFT] });
    played.timeline.at(played.timeline.now() + DAY_MS, () =>
      played.dodo.merchantCharges(SOFT, {}, 1_500),
    );
    played.dodo.verdicts.push(SOFT);
    await played.until(90);
    expect(ends(played)).toEqual(["2900 exhausted by reprise", "1500 exhausted by reprise"]);
    const [first, second] = played.world.results.flatMap(({ debts }) => debts);
    expect((second?.endedAt ?? 0) - (first?.endedAt ?? 0)).toBeGreaterThan(29 * DAY_MS);
  });

  test("end without a charge when they are paid on their own page while queued", async () => {
    const played = await failing(NEW_DEBT);
    const other = played.dodo.merchantCharges(SOFT, {}, 1_500);
    await played.until(1);
    Object.assign(other, { status: "requires_payment_method" });
    played.dodo.customerPays(other.paymentId, "pm_1");
    await played.untilOver();
    expect(ends(played)).toContain("1500 recovered by customer");
    expect(
      played.dodo.payments.some(({ metadata }) => metadata["recovery_attempt"] === "pay_2.2"),
    ).toBe(false);
  });

  test("end together when the subscription is cancelled", async () => {
    const played = await failing(NEW_DEBT);
    played.dodo.merchantCharges(SOFT, {}, 1_500);
    await played.until(1);
    played.dodo.setStatus("cancelled", "subscription.cancelled");
    await played.untilOver();
    expect(ends(played)).toEqual(["1500 cancelled by dodo", "2900 cancelled by dodo"]);
  });

  test("end one at a time by a write-off and all together by Temporal's Cancel", async () => {
    const played = await failing(NEW_DEBT);
    played.dodo.merchantCharges(SOFT, {}, 1_500);
    played.dodo.merchantCharges(SOFT, {}, 700);
    await played.until(1);
    played.world.command(WRITE_OFF);
    await played.until(1, MINUTE_MS);
    expect(played.world.recovery?.debt?.priceMinor).toBe(1_500);
    played.world.push({ kind: "cancel_requested" });
    await played.untilOver();
    expect(ends(played)).toEqual([
      "2900 written_off by operator",
      "700 written_off by operator",
      "1500 written_off by operator",
    ]);
    expect(played.dodo.mutations).toEqual([]);
  });

  test("stay paused when the current debt ends during a pause", async () => {
    const played = await failing(NEW_DEBT);
    played.dodo.merchantCharges(SOFT, {}, 1_500);
    await played.until(1);
    played.world.command(PAUSE);
    played.world.command(MARK_PAID);
    await played.until(20);
    expect(played.world.recovery?.state).toBe("paused");
    expect(played.world.recovery?.debt?.priceMinor).toBe(1_500);
    expect(played.dodo.mutations).toEqual([]);
  });

  test("share blocked cards: the next debt does not charge them either", async () => {
    const played = await failing(NEW_DEBT, { verdicts: [HARD] });
    played.timeline.at(played.timeline.now() + DAY_MS, () =>
      played.dodo.merchantCharges(SOFT, {}, 1_500),
    );
    played.dodo.verdicts.splice(0, 1, SOFT, HARD);
    await played.until(80);
    expect(played.dodo.mutations.filter(({ what }) => what === "charge")).toHaveLength(2);
  });

  test("need the operator once twenty debts are queued and another fails", async () => {
    const played = await failing(NEW_DEBT);
    for (let count = 0; count < 21; count += 1)
      played.dodo.merchantCharges(SOFT, {}, 1_000 + count);
    await played.until(0, HOUR_MS);
    expect(played.world.recovery?.queue).toHaveLength(20);
    expect(attention(played)).toEqual(["too_many_debts"]);
  });

  test("raise a question when Dodo collects a different amount than the current debt's", async () => {
    const played = await failing(NEW_DEBT);
    played.dodo.merchantCharges(SOFT, {}, 1_500);
    await played.until(1);
    played.dodo.collectDues(4_400, "pm_2");
    await played.until(1, HOUR_MS);
    expect(attention(played)).toEqual(["other_amount_collected"]);
    expect(played.world.recovery?.debt?.priceMinor).toBe(1_500);
    played.world.command({ action: "mark_paid", by: "anna", note: "it was in the dues" });
    await played.untilOver();
    expect(ends(played)).toEqual(["2900 recovered by customer", "1500 recovered by operator"]);
    expect(played.dodo.mutations).toEqual([]);
  });

  test("cancel the subscription only when the last one is exhausted", async () => {
    const policy: Policy = { ...NEW_DEBT, onExhausted: "cancel" };
    const played = await failing(policy, { verdicts: Array<Verdict>(8).fill(SOFT) });
    played.timeline.at(played.timeline.now() + DAY_MS, () =>
      played.dodo.merchantCharges(SOFT, {}, 1_500),
    );
    await played.until(90);
    const cancels = played.dodo.mutations.filter(({ what }) => what === "cancel");
    expect(cancels).toHaveLength(1);
    expect(ends(played)).toEqual(["2900 exhausted by reprise", "1500 exhausted by reprise"]);
  });

  test("are queued when one read finds them together after an outage", async () => {
    const played = startScenario({}, NEW_DEBT);
    played.world.deliver = () => null;
    played.dodo.merchantCharges(SOFT);
    await played.until(1);
    played.world.deliver = () => [1_000];
    played.dodo.merchantCharges(SOFT, {}, 1_500);
    played.dodo.verdicts.push({ kind: "succeed" });
    await played.untilOver();
    expect(ends(played)).toEqual(["2900 recovered by attempt", "1500 recovered by attempt"]);
  });
});

describe("a failed payment while a debt is open", () => {
  const others = [
    ["was cancelled", paymentStatus("cancelled")],
    ["has an amount of zero", { totalMinor: 0 }],
    ["only changes the payment method", { isMethodUpdate: true }],
    ["covers several subscriptions", { isMultiSubscription: true }],
    ["has an attempt key", { attemptKey: "pay_99.2" }],
  ] as const;

  test.each(others)("opens no debt when it %s", async (_what, given) => {
    const played = await failing(DEFAULT_POLICY);
    const at = played.timeline.now();
    played.world.push(paymentReported(unattributedPayment(at, given as Partial<Payment>)));
    await played.until(1);
    expect(played.world.recovery?.queue).toEqual([]);
    expect(played.world.alerts.map(({ cause }) => cause)).not.toContain("second_debt");
  });

  test("that covers several subscriptions is reported to the operator, as it is never charged", async () => {
    const played = await failing(DEFAULT_POLICY);
    const at = played.timeline.now();
    played.world.push(paymentReported(unattributedPayment(at, { isMultiSubscription: true })));
    await played.until(1);
    expect(played.world.alerts.map(({ cause }) => cause)).toEqual(["multi_subscription"]);
  });

  test("is one debt even if it is reported twice", async () => {
    const played = await failing(DEFAULT_POLICY);
    const at = played.timeline.now();
    played.world.push(paymentReported(unattributedPayment(at)));
    played.world.push({
      ...paymentReported(unattributedPayment(at)),
      webhookId: "again",
    } as DomainEvent);
    await played.until(0, HOUR_MS);
    expect(played.world.recovery?.queue).toHaveLength(1);
  });

  test("is queued in the order of failures, not of webhooks", async () => {
    const played = await failing(DEFAULT_POLICY);
    const at = played.timeline.now();
    const report = (paymentId: string, createdAt: number, webhookId: string): void =>
      played.world.push({
        ...paymentReported(unattributedPayment(createdAt, { paymentId: paymentId as never })),
        webhookId,
      } as DomainEvent);
    report("pay_c", at + 2, "3");
    report("pay_b", at + 1, "2");
    report("pay_a", at + 1, "1");
    await played.until(0, 2 * MINUTE_MS);
    const order = played.world.recovery?.queue.map(({ debt }) => debt.id);
    expect(order).toEqual(["pay_a", "pay_b", "pay_c"]);
  });

  test("with the key of a queued debt is a retry of that debt", async () => {
    const played = await failing(BY_KEY, { metadata: { invoice_id: "in_1" } });
    played.dodo.merchantCharges(SOFT, { invoice_id: "in_2" }, 1_500);
    await played.until(0, 2 * MINUTE_MS);
    played.dodo.merchantCharges(SOFT, { invoice_id: "in_2" }, 1_500);
    await played.until(0, HOUR_MS);
    expect(played.world.recovery?.queue).toHaveLength(1);
    expect(describeDecisions(played.world)).toContain("pay_3 is a retry of pay_2");
    expect(played.world.recovery?.handledPayments).toContain("pay_3");
  });

  test("of nothing but tax can be paid by the customer only", async () => {
    const played = await failing(DEFAULT_POLICY);
    const at = played.timeline.now();
    played.world.push(paymentReported(unattributedPayment(at, { totalMinor: 290, taxMinor: 290 })));
    await played.until(0, 2 * MINUTE_MS);
    expect(played.world.recovery?.queue[0]?.debt).toMatchObject({
      priceMinor: 0,
      isChargeable: false,
    });
  });

  test("that is an attempt of an ended debt opens no debt in a later run", async () => {
    const played = await failing(NEW_DEBT, { verdicts: [SOFT] });
    await played.untilOver();
    played.dodo.verdicts.push({ kind: "succeed" });
    played.dodo.merchantCharges(SOFT, {}, 1_500);
    await played.until(15);
    expect(played.world.results).toHaveLength(2);
    expect(collected(played)).toEqual([2_900, 1_500]);
  });

  test("that exceeds the queue is handled and opens no debt later", async () => {
    const played = await failing(NEW_DEBT);
    for (let count = 0; count < 21; count += 1)
      played.dodo.merchantCharges(SOFT, {}, 1_000 + count);
    await played.until(0, HOUR_MS);
    expect(played.world.recovery?.handledPayments).toContain("pay_22");
    expect(describeDecisions(played.world)).toContain(
      "pay_22 failed, and 20 debts are queued already",
    );
  });

  test("stays queued when Dodo collects exactly the current debt", async () => {
    const played = await failing(NEW_DEBT);
    played.dodo.merchantCharges(SOFT, {}, 1_500);
    await played.until(1);
    played.dodo.collectDues(2_900, "pm_2");
    await played.untilOver();
    expect(ends(played)).toEqual(["2900 recovered by customer", "1500 recovered by attempt"]);
    expect(played.world.alerts).toEqual([]);
  });

  test("keeps its place in the queue when the operator answers about another one", async () => {
    const played = await failing(BY_KEY, { metadata: { invoice_id: "in_1" } });
    played.dodo.merchantCharges(SOFT, { invoice_id: "in_2" }, 1_500);
    played.dodo.merchantCharges(SOFT, {}, 700);
    await played.until(1);
    expect(attention(played)).toEqual(["second_debt"]);
    played.world.command(resume());
    await played.until(1, MINUTE_MS);
    expect(played.world.recovery?.queue.map(({ debt }) => debt.priceMinor)).toEqual([1_500]);
    expect(played.world.recovery?.handledPayments).toContain("pay_3");
  });
});
