import { describe, expect, test } from "vitest";
import type { Verdict } from "../../../dev/model/dodo.ts";
import { foreignPayment, paymentReported } from "../../../dev/model/events.ts";
import { DEFAULT_POLICY, type Policy } from "../../../domain/policy.ts";
import type { Command } from "../../../domain/state/command.ts";
import type { DomainEvent } from "../../../domain/state/event.ts";
import type { Payment } from "../../../domain/state/payment.ts";
import { MARK_PAID, PAUSE, WRITE_OFF } from "../../support/domain/operator-commands.ts";
import { DAY_MS, explain, HOUR_MS, MINUTE_MS, story, type Story } from "../../support/domain/scenario.ts";

const decline = (code: string): Verdict => ({ kind: "decline", code });
const SOFT = decline("INSUFFICIENT_FUNDS");
const HARD = decline("STOLEN_CARD");

const NEW_DEBT: Policy = { ...DEFAULT_POLICY, foreignCharges: "new_debt" };
const SAME_DEBT: Policy = { ...DEFAULT_POLICY, foreignCharges: "same_debt" };
const BY_KEY: Policy = { ...DEFAULT_POLICY, debtKey: "invoice_id" };

const resume = (newDebt = false): Command => ({ action: "resume", by: "anna", note: "", newDebt });

async function failing(
  policy: Policy,
  {
    verdicts = [],
    metadata = {},
  }: { verdicts?: Verdict[]; metadata?: Record<string, string> } = {},
): Promise<Story> {
  const told = story({}, policy);
  told.dodo.verdicts.push(...verdicts);
  told.dodo.merchantCharges(SOFT, metadata);
  await told.until(0, MINUTE_MS);
  return told;
}

/** The amounts that were collected, in the order of collection. */
const collected = ({ dodo }: Story): number[] => dodo.succeeded.map(({ totalMinor }) => totalMinor);

/** Every debt's end, in its order. */
const ends = ({ world }: Story): string[] =>
  world.results.flatMap(({ debts }) =>
    debts.map(({ amountMinor, outcome, by }) => `${amountMinor} ${outcome} by ${by}`),
  );

const attention = ({ world }: Story): string[] =>
  world.recovery?.attention.map(({ cause }) => cause) ?? [];

describe("several debts of one subscription", () => {
  test("are worked one at a time, oldest first, each with its own amount", async () => {
    const told = await failing(NEW_DEBT);
    told.dodo.merchantCharges(SOFT, {}, 1_500);
    told.dodo.verdicts.push({ kind: "succeed" });
    await told.until(1);
    expect(told.world.recovery?.queue.map(({ debt }) => debt.priceMinor)).toEqual([1_500]);
    await told.untilOver();
    expect(collected(told)).toEqual([2_900, 1_500]);
    expect(ends(told)).toEqual(["2900 recovered by attempt", "1500 recovered by attempt"]);
    const keys = told.dodo.succeeded.map(({ metadata }) => metadata["recovery_attempt"]);
    expect(keys).toEqual(["pay_1.2", "pay_2.2"]);
  });

  test("a waiting one's window begins when its turn comes", async () => {
    const told = await failing(NEW_DEBT, { verdicts: [SOFT, SOFT, SOFT, SOFT, SOFT, SOFT] });
    told.timeline.at(told.timeline.now() + DAY_MS, () =>
      told.dodo.merchantCharges(SOFT, {}, 1_500),
    );
    told.dodo.verdicts.push(SOFT);
    await told.until(90);
    expect(ends(told)).toEqual(["2900 exhausted by reprise", "1500 exhausted by reprise"]);
    const [first, second] = told.world.results.flatMap(({ debts }) => debts);
    expect((second?.endedAt ?? 0) - (first?.endedAt ?? 0)).toBeGreaterThan(29 * DAY_MS);
  });

  test("a waiting one that is paid on its own page ends without being worked", async () => {
    const told = await failing(NEW_DEBT);
    const other = told.dodo.merchantCharges(SOFT, {}, 1_500);
    await told.until(1);
    Object.assign(other, { status: "requires_payment_method" });
    told.dodo.customerPays(other.paymentId, "pm_1");
    await told.untilOver();
    expect(ends(told)).toContain("1500 recovered by customer");
    expect(
      told.dodo.payments.some(({ metadata }) => metadata["recovery_attempt"] === "pay_2.2"),
    ).toBe(false);
  });

  test("end together when the subscription is cancelled", async () => {
    const told = await failing(NEW_DEBT);
    told.dodo.merchantCharges(SOFT, {}, 1_500);
    await told.until(1);
    told.dodo.setStatus("cancelled", "subscription.cancelled");
    await told.untilOver();
    expect(ends(told)).toEqual(["1500 cancelled by dodo", "2900 cancelled by dodo"]);
  });

  test("a write-off ends the one that is worked; Temporal's Cancel ends all", async () => {
    const told = await failing(NEW_DEBT);
    told.dodo.merchantCharges(SOFT, {}, 1_500);
    told.dodo.merchantCharges(SOFT, {}, 700);
    await told.until(1);
    told.world.command(WRITE_OFF);
    await told.until(1, MINUTE_MS);
    expect(told.world.recovery?.debt?.priceMinor).toBe(1_500);
    told.world.push({ kind: "cancel_requested" });
    await told.untilOver();
    expect(ends(told)).toEqual([
      "2900 written_off by operator",
      "700 written_off by operator",
      "1500 written_off by operator",
    ]);
    expect(told.dodo.mutations).toEqual([]);
  });

  test("a pause holds the debts to come as well", async () => {
    const told = await failing(NEW_DEBT);
    told.dodo.merchantCharges(SOFT, {}, 1_500);
    await told.until(1);
    told.world.command(PAUSE);
    told.world.command(MARK_PAID);
    await told.until(20);
    expect(told.world.recovery?.state).toBe("paused");
    expect(told.world.recovery?.debt?.priceMinor).toBe(1_500);
    expect(told.dodo.mutations).toEqual([]);
  });

  test("a card that must not be charged is not charged for the next debt either", async () => {
    const told = await failing(NEW_DEBT, { verdicts: [HARD] });
    told.timeline.at(told.timeline.now() + DAY_MS, () =>
      told.dodo.merchantCharges(SOFT, {}, 1_500),
    );
    told.dodo.verdicts.splice(0, 1, SOFT, HARD);
    await told.until(80);
    expect(told.dodo.mutations.filter(({ what }) => what === "charge")).toHaveLength(2);
  });

  test("the twenty-second waits for a person", async () => {
    const told = await failing(NEW_DEBT);
    for (let count = 0; count < 21; count += 1) told.dodo.merchantCharges(SOFT, {}, 1_000 + count);
    await told.until(0, HOUR_MS);
    expect(told.world.recovery?.queue).toHaveLength(20);
    expect(attention(told)).toEqual(["too_many_debts"]);
  });

  test("a collection of another amount puts the others to a person", async () => {
    const told = await failing(NEW_DEBT);
    told.dodo.merchantCharges(SOFT, {}, 1_500);
    await told.until(1);
    told.dodo.collects(4_400, "pm_2");
    await told.until(1, HOUR_MS);
    expect(attention(told)).toEqual(["other_amount_collected"]);
    expect(told.world.recovery?.debt?.priceMinor).toBe(1_500);
    told.world.command({ action: "mark_paid", by: "anna", note: "it was in the dues" });
    await told.untilOver();
    expect(ends(told)).toEqual(["2900 recovered by customer", "1500 recovered by operator"]);
    expect(told.dodo.mutations).toEqual([]);
  });

  test("cancel at the end waits for the last debt", async () => {
    const policy: Policy = { ...NEW_DEBT, onExhausted: "cancel" };
    const told = await failing(policy, { verdicts: Array<Verdict>(8).fill(SOFT) });
    told.timeline.at(told.timeline.now() + DAY_MS, () =>
      told.dodo.merchantCharges(SOFT, {}, 1_500),
    );
    await told.until(90);
    const cancels = told.dodo.mutations.filter(({ what }) => what === "cancel");
    expect(cancels).toHaveLength(1);
    expect(ends(told)).toEqual(["2900 exhausted by reprise", "1500 exhausted by reprise"]);
  });

  test("found at once, after an outage, are queued too", async () => {
    const told = story({}, NEW_DEBT);
    told.world.deliver = () => null;
    told.dodo.merchantCharges(SOFT);
    await told.until(1);
    told.world.deliver = () => [1_000];
    told.dodo.merchantCharges(SOFT, {}, 1_500);
    told.dodo.verdicts.push({ kind: "succeed" });
    await told.untilOver();
    expect(ends(told)).toEqual(["2900 recovered by attempt", "1500 recovered by attempt"]);
  });
});

describe("what is another debt, and what is not", () => {
  const others = [
    ["was cancelled", { status: "cancelled" }],
    ["asks for nothing", { totalMinor: 0 }],
    ["only tried another card", { isMethodUpdate: true }],
    ["is for several subscriptions", { isMultiSubscription: true }],
    ["carries a key of ours", { attemptKey: "pay_99.2" }],
  ] as const;

  test.each(others)("a failed payment that %s founds none", async (_what, given) => {
    const told = await failing(DEFAULT_POLICY);
    const at = told.timeline.now();
    told.world.push(paymentReported(foreignPayment(at, given as Partial<Payment>)));
    await told.until(1);
    expect(told.world.recovery?.queue).toEqual([]);
    expect(told.world.alerts.map(({ cause }) => cause)).not.toContain("second_debt");
  });

  test("one for several subscriptions is told, since it is never charged", async () => {
    const told = await failing(DEFAULT_POLICY);
    const at = told.timeline.now();
    told.world.push(paymentReported(foreignPayment(at, { isMultiSubscription: true })));
    await told.until(1);
    expect(told.world.alerts.map(({ cause }) => cause)).toEqual(["multi_subscription"]);
  });

  test("the same failure reported twice is one debt", async () => {
    const told = await failing(DEFAULT_POLICY);
    const at = told.timeline.now();
    told.world.push(paymentReported(foreignPayment(at)));
    told.world.push({ ...paymentReported(foreignPayment(at)), webhookId: "again" } as DomainEvent);
    await told.until(0, HOUR_MS);
    expect(told.world.recovery?.queue).toHaveLength(1);
  });

  test("they stand in the order of their failures, not of their webhooks", async () => {
    const told = await failing(DEFAULT_POLICY);
    const at = told.timeline.now();
    const report = (paymentId: string, createdAt: number, webhookId: string): void =>
      told.world.push({
        ...paymentReported(foreignPayment(createdAt, { paymentId: paymentId as never })),
        webhookId,
      } as DomainEvent);
    report("pay_c", at + 2, "3");
    report("pay_b", at + 1, "2");
    report("pay_a", at + 1, "1");
    await told.until(0, 2 * MINUTE_MS);
    const order = told.world.recovery?.queue.map(({ debt }) => debt.id);
    expect(order).toEqual(["pay_a", "pay_b", "pay_c"]);
  });

  test("a failure with the key of one that waits is another try of it", async () => {
    const told = await failing(BY_KEY, { metadata: { invoice_id: "in_1" } });
    told.dodo.merchantCharges(SOFT, { invoice_id: "in_2" }, 1_500);
    await told.until(0, 2 * MINUTE_MS);
    told.dodo.merchantCharges(SOFT, { invoice_id: "in_2" }, 1_500);
    await told.until(0, HOUR_MS);
    expect(told.world.recovery?.queue).toHaveLength(1);
    expect(explain(told.world)).toContain("pay_3 is another try of pay_2");
    expect(told.world.recovery?.handledPayments).toContain("pay_3");
  });

  test("what asks for nothing net of its tax is the customer's to pay", async () => {
    const told = await failing(DEFAULT_POLICY);
    const at = told.timeline.now();
    told.world.push(paymentReported(foreignPayment(at, { totalMinor: 290, taxMinor: 290 })));
    await told.until(0, 2 * MINUTE_MS);
    expect(told.world.recovery?.queue[0]?.debt).toMatchObject({
      priceMinor: 0,
      isChargeable: false,
    });
  });

  test("an ended debt's attempts found none in a later run", async () => {
    const told = await failing(NEW_DEBT, { verdicts: [SOFT] });
    await told.untilOver();
    told.dodo.verdicts.push({ kind: "succeed" });
    told.dodo.merchantCharges(SOFT, {}, 1_500);
    await told.until(15);
    expect(told.world.results).toHaveLength(2);
    expect(collected(told)).toEqual([2_900, 1_500]);
  });

  test("the one too many opens nothing when its turn would come", async () => {
    const told = await failing(NEW_DEBT);
    for (let count = 0; count < 21; count += 1) told.dodo.merchantCharges(SOFT, {}, 1_000 + count);
    await told.until(0, HOUR_MS);
    expect(told.world.recovery?.handledPayments).toContain("pay_22");
    expect(explain(told.world)).toContain("pay_22 failed, and 20 debts wait already");
  });

  test("a collection of this debt's very amount leaves the others to be worked", async () => {
    const told = await failing(NEW_DEBT);
    told.dodo.merchantCharges(SOFT, {}, 1_500);
    await told.until(1);
    told.dodo.collects(2_900, "pm_2");
    await told.untilOver();
    expect(ends(told)).toEqual(["2900 recovered by customer", "1500 recovered by attempt"]);
    expect(told.world.alerts).toEqual([]);
  });

  test("an answer concerns what was asked, and nothing else that waits", async () => {
    const told = await failing(BY_KEY, { metadata: { invoice_id: "in_1" } });
    told.dodo.merchantCharges(SOFT, { invoice_id: "in_2" }, 1_500);
    told.dodo.merchantCharges(SOFT, {}, 700);
    await told.until(1);
    expect(attention(told)).toEqual(["second_debt"]);
    told.world.command(resume());
    await told.until(1, MINUTE_MS);
    expect(told.world.recovery?.queue.map(({ debt }) => debt.priceMinor)).toEqual([1_500]);
    expect(told.world.recovery?.handledPayments).toContain("pay_3");
  });
});

describe("foreign_charges: ask", () => {
  test("a failed charge is kept; resume takes it for another try of the same debt", async () => {
    const told = await failing(DEFAULT_POLICY);
    told.dodo.merchantCharges(SOFT, {}, 1_500);
    await told.until(1);
    expect(attention(told)).toEqual(["second_debt"]);
    told.world.command(resume());
    await told.untilOver();
    expect(collected(told)).toEqual([2_900]);
    expect(ends(told)).toEqual(["2900 recovered by attempt"]);
  });

  test("resume with newDebt works it after the first", async () => {
    const told = await failing(DEFAULT_POLICY);
    told.dodo.merchantCharges(SOFT, {}, 1_500);
    await told.until(1);
    told.world.command(resume(true));
    await told.untilOver();
    expect(collected(told)).toEqual([2_900, 1_500]);
  });

  test("unanswered when the first debt ends, the question is put again", async () => {
    const told = await failing(DEFAULT_POLICY);
    told.dodo.merchantCharges(SOFT, {}, 1_500);
    await told.until(1);
    told.world.command(MARK_PAID);
    await told.until(10);
    expect(attention(told)).toEqual(["second_debt"]);
    expect(told.dodo.mutations).toEqual([]);
    told.world.command(resume());
    await told.untilOver();
    expect(ends(told)).toEqual(["2900 recovered by operator", "1500 nothing_owed by operator"]);
    expect(told.dodo.mutations).toEqual([]);
  });

  test("several amounts found at an opening: resume with newDebt makes each a debt", async () => {
    const told = story();
    told.world.deliver = () => null;
    told.dodo.merchantCharges(SOFT);
    await told.until(1);
    told.world.deliver = () => [1_000];
    told.dodo.merchantCharges(SOFT, {}, 1_500);
    await told.until(1, HOUR_MS);
    expect(attention(told)).toEqual(["several_failures"]);
    told.world.command(resume(true));
    await told.untilOver();
    expect(collected(told)).toEqual([2_900, 1_500]);
  });
});

describe("foreign_charges: new_debt", () => {
  test("a success elsewhere pays something else: the debt is charged all the same", async () => {
    const told = await failing(NEW_DEBT);
    told.timeline.at(told.timeline.now() + DAY_MS, () =>
      told.dodo.merchantCharges({ kind: "succeed" }, {}, 1_500),
    );
    await told.untilOver();
    expect(collected(told)).toEqual([1_500, 2_900]);
    expect(told.world.alerts).toEqual([]);
  });
});

describe("foreign_charges: same_debt", () => {
  test("a failure elsewhere is another try, a success pays the debt", async () => {
    const told = await failing(SAME_DEBT);
    told.timeline.at(told.timeline.now() + DAY_MS, () =>
      told.dodo.merchantCharges(SOFT, {}, 1_500),
    );
    told.timeline.at(told.timeline.now() + 2 * DAY_MS, () =>
      told.dodo.merchantCharges({ kind: "succeed" }),
    );
    await told.untilOver();
    expect(ends(told)).toEqual(["2900 recovered by merchant"]);
    expect(told.dodo.mutations).toEqual([]);
  });
});

describe("debt_key", () => {
  test("the same key is the same debt: a merchant's retry that succeeds settles it", async () => {
    const told = await failing(BY_KEY, { metadata: { invoice_id: "in_1" } });
    told.timeline.at(told.timeline.now() + DAY_MS, () =>
      told.dodo.merchantCharges({ kind: "succeed" }, { invoice_id: "in_1" }, 1_000),
    );
    await told.untilOver();
    expect(ends(told)).toEqual(["2900 recovered by merchant"]);
    expect(told.world.alerts).toEqual([]);
  });

  test("another key is another debt: its failure queues, its success pays it and nothing else", async () => {
    const told = await failing(BY_KEY, { metadata: { invoice_id: "in_1" } });
    told.timeline.at(told.timeline.now() + HOUR_MS, () =>
      told.dodo.merchantCharges(SOFT, { invoice_id: "in_2" }, 1_500),
    );
    await told.until(1);
    expect(told.world.recovery?.queue.map(({ debt }) => debt.debtKey)).toEqual(["in_2"]);
    told.dodo.merchantCharges({ kind: "succeed" }, { invoice_id: "in_2" }, 1_500);
    await told.untilOver();
    expect(ends(told)).toEqual(["1500 recovered by merchant", "2900 recovered by attempt"]);
    expect(collected(told)).toEqual([1_500, 2_900]);
  });

  test("a value that the subscription has itself says nothing: a person is asked", async () => {
    const told = story({}, BY_KEY);
    told.dodo.metadata = { invoice_id: "plan_1" };
    told.dodo.merchantCharges(SOFT, { invoice_id: "plan_1" });
    await told.until(0, MINUTE_MS);
    told.dodo.merchantCharges(SOFT, { invoice_id: "plan_1" }, 1_500);
    await told.until(1);
    expect(attention(told)).toEqual(["second_debt"]);
  });

  test("our own attempts carry the debt's key", async () => {
    const told = await failing(BY_KEY, { metadata: { invoice_id: "in_1" } });
    await told.untilOver();
    expect(told.dodo.succeeded[0]?.metadata["invoice_id"]).toBe("in_1");
    expect(explain(told.world)).toContain("recovered: paid by attempt");
  });

  test("several failures at an opening are told apart by it", async () => {
    const told = story({}, BY_KEY);
    told.world.deliver = () => null;
    told.dodo.merchantCharges(SOFT, { invoice_id: "in_1" });
    told.dodo.merchantCharges(SOFT, { invoice_id: "in_1" });
    await told.until(1);
    told.world.deliver = () => [1_000];
    told.dodo.merchantCharges(SOFT, { invoice_id: "in_2" });
    await told.untilOver();
    expect(ends(told)).toEqual(["2900 recovered by attempt", "2900 recovered by attempt"]);
    const keys = told.dodo.succeeded.map(({ metadata }) => metadata["recovery_attempt"]);
    expect(keys).toEqual(["pay_1.3", "pay_3.2"]);
  });
});

describe("a customer who disputed a payment lately", () => {
  test("is not charged and not written to until a person has looked", async () => {
    const told = story();
    told.dodo.dispute = { id: "dp_1", at: told.timeline.now() - 179 * DAY_MS };
    told.dodo.merchantCharges(SOFT);
    await told.until(20);
    expect(attention(told)).toEqual(["recent_dispute"]);
    expect(told.dodo.mutations).toEqual([]);
    expect(told.world.mails).toEqual([]);
    told.world.command(resume());
    await told.untilOver();
    expect(ends(told)).toEqual(["2900 recovered by attempt"]);
  });

  test("longer ago than 180 days is forgotten", async () => {
    const told = story();
    told.dodo.dispute = { id: "dp_1", at: told.timeline.now() - 181 * DAY_MS };
    told.dodo.merchantCharges(SOFT);
    await told.untilOver();
    expect(ends(told)).toEqual(["2900 recovered by attempt"]);
  });
});

describe("a cancellation that is scheduled", () => {
  test("stops the charges, and the customer can still pay", async () => {
    const told = await failing(DEFAULT_POLICY);
    told.dodo.cancelAtNextBillingDate = true;
    told.dodo.setStatus("on_hold", "subscription.plan_changed");
    await told.until(5);
    expect(told.world.recovery?.state).toBe("awaiting_customer");
    expect(told.dodo.mutations).toEqual([]);
    expect(told.world.mails.at(-1)?.key).toContain("action_needed");
  });

  test("taken back, the schedule goes on", async () => {
    const told = await failing(DEFAULT_POLICY);
    told.dodo.cancelAtNextBillingDate = true;
    told.dodo.setStatus("on_hold", "subscription.plan_changed");
    await told.until(1);
    told.dodo.cancelAtNextBillingDate = false;
    told.dodo.setStatus("on_hold", "subscription.plan_changed");
    await told.untilOver();
    expect(ends(told)).toEqual(["2900 recovered by attempt"]);
  });

  test("of which no webhook told is seen before the request leaves", async () => {
    const told = await failing(DEFAULT_POLICY);
    told.dodo.cancelAtNextBillingDate = true;
    await told.until(4);
    expect(told.dodo.mutations).toEqual([]);
    expect(told.world.recovery?.state).toBe("awaiting_customer");
  });
});

describe("a grace period", () => {
  test("ends when Dodo said, and Dodo is read then, without any webhook", async () => {
    const told = await failing(DEFAULT_POLICY);
    told.dodo.graceEndsAt = told.timeline.now() + HOUR_MS;
    told.dodo.setStatus("past_due", "subscription.past_due");
    await told.until(0, HOUR_MS / 2);
    expect(told.world.recovery?.graceEndsAt).toBe(told.dodo.graceEndsAt);
    told.dodo.status = "cancelled";
    await told.until(1, HOUR_MS);
    expect(ends(told)).toEqual(["2900 cancelled by dodo"]);
    expect(explain(told.world)).toContain("subscription.grace_ends");
  });
});
