import { describe, expect, test } from "vitest";
import { DEFAULT_POLICY, type Policy } from "../../../domain/policy.ts";
import { attributesOf } from "../../../domain/reporting/search-attributes.ts";
import { payLate } from "../../support/domain/late-payer.ts";
import { DAY_MS, MINUTE_MS, type Scenario } from "../../support/domain/scenario.ts";
import { charges, decline, failing, outcome, SOFT, SUCCEED } from "../scenarios/scenario.ts";

/** Only the customer can mend it, and the card is not blocked. */
const HARD = "INCORRECT_CVC";

/** A recovery that ended as exhausted; its subscription is still on hold. */
async function exhausted(policy: Policy = DEFAULT_POLICY): Promise<Scenario> {
  const run = await failing(HARD, [], {}, policy);
  await run.untilOver();
  expect(outcome(run)).toBe("exhausted");
  expect(run.dodo.status).toBe("on_hold");
  return run;
}

const DEBT = "pay_1";

/** The customer presses the button on the page of the exhausted debt. */
async function press(run: Scenario, debtId = DEBT): Promise<string> {
  const id = payLate(run.world, debtId);
  await pass(run, 2 * MINUTE_MS);
  return id;
}

const pass = async ({ timeline }: Scenario, ms: number): Promise<void> =>
  await timeline.run(timeline.now() + ms);

const pageOf = (run: Scenario): string => {
  const page = run.dodo.payments.findLast(({ origin }) => origin === "page");
  if (page === undefined) throw new Error("there is no page");
  return page.paymentId;
};

describe("a late payment", () => {
  test("of an exhausted debt on hold is offered, and recovers the debt late", async () => {
    const run = await exhausted();
    const mails = run.world.mails.length;
    const sent = charges(run);
    const id = await press(run);
    expect(run.world.replies.get(id)).toMatchObject({ ok: true });
    run.dodo.customerPays(pageOf(run), "pm_2", SUCCEED);
    await run.untilOver();
    expect(run.world.results.at(-1)).toMatchObject({
      outcome: "recovered",
      by: "link",
      debts: [{ debtId: DEBT, outcome: "recovered", late: true, reactivated: true }],
    });
    expect(run.world.mails).toHaveLength(mails);
    expect(charges(run)).toBe(sent);
  });

  test("that is not made leaves the debt exhausted, with no mail and no charge", async () => {
    const run = await exhausted();
    const mails = run.world.mails.length;
    const sent = charges(run);
    await press(run);
    await run.untilOver();
    expect(run.world.results).toHaveLength(2);
    expect(run.world.results.at(-1)?.debts).toMatchObject([
      { debtId: DEBT, outcome: "exhausted", late: true },
    ]);
    expect(run.world.mails).toHaveLength(mails);
    expect(charges(run)).toBe(sent);
    expect(
      run.world.decisions.every(
        ({ recovery }) => recovery.latePayment === null || recovery.plan === null,
      ),
    ).toBe(true);
  });

  test("that is declined founds no debt, neither while its page is open nor after its end", async () => {
    const run = await exhausted();
    await press(run);
    run.dodo.customerPays(pageOf(run), "pm_2", decline("INSUFFICIENT_FUNDS"));
    await run.untilOver();
    const declined = run.dodo.payments.at(-1);
    if (declined === undefined) throw new Error("no payment");
    run.world.receive("payment.failed", run.dodo.paymentBody(declined), "msg_again");
    await run.untilOver();
    const debts = run.world.results.flatMap((result) => result.debts);
    expect(debts.map(({ debtId, outcome: end }) => `${debtId} ${end}`)).toEqual([
      `${DEBT} exhausted`,
      `${DEBT} exhausted`,
      "null nothing_owed",
    ]);
  });

  test("that succeeds after a decline on the same page is recovered late", async () => {
    const run = await exhausted();
    await press(run);
    run.dodo.customerPays(pageOf(run), "pm_2", decline("INSUFFICIENT_FUNDS"));
    await pass(run, 10 * MINUTE_MS);
    expect(run.world.isOpen).toBe(true);
    run.dodo.end(pageOf(run), SUCCEED, true);
    await run.untilOver();
    expect(run.world.results.at(-1)).toMatchObject({
      outcome: "recovered",
      debts: [{ late: true }],
    });
  });

  test("can be asked for twice at once, together with a webhook, in one run with one page", async () => {
    const run = await exhausted();
    const one = payLate(run.world, DEBT);
    const two = payLate(run.world, DEBT);
    run.dodo.setStatus("on_hold", "subscription.on_hold");
    await pass(run, 2 * MINUTE_MS);
    expect(run.world.runs).toHaveLength(2);
    expect(run.world.replies.get(one)).toEqual(run.world.replies.get(two));
    expect(run.world.replies.get(one)).toMatchObject({ ok: true });
    expect(run.dodo.payments.filter(({ origin }) => origin === "page")).toHaveLength(1);
  });

  test("is refused once the subscription is no longer on hold", async () => {
    const run = await exhausted();
    run.dodo.status = "active";
    const id = await press(run);
    expect(run.world.replies.get(id)).toMatchObject({ ok: false, code: "not_payable" });
    await run.untilOver();
    expect(outcome(run)).toBe("exhausted");
    expect(run.dodo.payments.filter(({ origin }) => origin === "page")).toEqual([]);
  });

  test("waits for a payment that is open, and is recovered by it", async () => {
    const run = await exhausted();
    run.dodo.customerChangesMethod("pm_2", { kind: "stay", status: "processing" });
    const open = run.dodo.payments.at(-1)?.paymentId ?? "";
    const id = await press(run);
    expect(run.world.replies.get(id)).toMatchObject({ ok: false, code: "being_processed" });
    run.dodo.end(open, SUCCEED);
    await run.untilOver();
    expect(run.world.results.at(-1)).toMatchObject({
      outcome: "recovered",
      debts: [{ late: true }],
    });
  });

  test("that the customer made elsewhere since is found by the press", async () => {
    const run = await exhausted();
    run.world.deliver = () => null;
    run.dodo.customerChangesMethod("pm_2", SUCCEED);
    await pass(run, MINUTE_MS);
    const id = await press(run);
    expect(run.world.replies.get(id)).toMatchObject({ ok: false, code: "nothing_owed" });
    await run.untilOver();
    expect(run.world.results.at(-1)).toMatchObject({ outcome: "recovered", by: "customer" });
  });

  test("gives way to another charge that has failed: that debt is recovered as any other", async () => {
    const run = await exhausted();
    run.world.deliver = () => null;
    run.dodo.merchantCharges(SOFT);
    await pass(run, MINUTE_MS);
    run.world.deliver = () => [1_000];
    const id = await press(run);
    expect(run.world.replies.get(id)).toMatchObject({ ok: false, code: "stale_link" });
    expect(run.world.recovery?.debt?.id).toBe("pay_2");
    expect(run.world.recovery?.latePayment).toBeNull();
    await run.untilOver();
    expect(outcome(run)).toBe("recovered");
    expect(run.world.results.at(-1)?.debts[0]?.late).toBeUndefined();
  });

  test("does not lose a charge that fails while its page is open", async () => {
    const run = await exhausted();
    await press(run);
    run.dodo.merchantCharges(SOFT);
    await pass(run, 5 * MINUTE_MS);
    expect(run.world.recovery?.debt?.id).toBe(DEBT);
    await run.untilOver();
    const ends = run.world.results
      .at(-1)
      ?.debts.map(({ debtId, outcome: end }) => `${debtId} ${end}`);
    expect(ends?.[0]).toBe(`${DEBT} exhausted`);
    expect(ends?.[1]).toMatch(/^pay_\d recovered$/);
  });

  test("publishes only that the debt was recovered, and marks it as late", async () => {
    const run = await failing(HARD);
    run.world.publishes = true;
    await run.untilOver();
    const before = run.world.published.length;
    await press(run);
    run.dodo.customerPays(pageOf(run), "pm_2", SUCCEED);
    await run.untilOver();
    expect(run.world.published.slice(before)).toMatchObject([
      { type: "recovery.recovered", debtId: DEBT, late: true },
    ]);
    const recovery = run.world.recovery;
    expect(recovery === null ? null : attributesOf(recovery)).toMatchObject({
      outcome: "recovered",
      amountDue: 0,
    });
  });

  test("is known in runs about other debts, so that the page still offers it", async () => {
    const run = await exhausted();
    run.dodo.setStatus("on_hold", "subscription.on_hold");
    await pass(run, MINUTE_MS);
    await run.untilOver();
    expect(run.world.recovery?.exhaustedDebts.map(({ debtId }) => debtId)).toEqual([DEBT]);
    await pass(run, DAY_MS);
    const id = await press(run);
    expect(run.world.replies.get(id)).toMatchObject({ ok: true });
  });
});
