import { describe, expect, test } from "vitest";
import { MARK_PAID, RESUME } from "../../support/domain/operator-commands.ts";
import {
  describeDecisions,
  HOUR_MS,
  MINUTE_MS,
  startScenario,
} from "../../support/domain/scenario.ts";
import { alerts, charges, failing, LINK, outcome, SOFT, SUCCEED } from "./scenario.ts";

describe("a change of the subscription", () => {
  test("ends the recovery when the customer cancels", async () => {
    const run = await failing("INSUFFICIENT_FUNDS");
    await run.until(1);
    run.dodo.setStatus("cancelled", "subscription.cancelled");
    await run.untilOver();
    expect(outcome(run)).toBe("cancelled");
    expect(charges(run)).toBe(0);
  });

  test("finds a cancellation without a webhook before the charge", async () => {
    const run = await failing("INSUFFICIENT_FUNDS");
    run.world.deliver = () => null;
    run.dodo.setStatus("cancelled", "subscription.cancelled");
    await run.untilOver();
    expect(outcome(run)).toBe("cancelled");
    expect(charges(run)).toBe(0);
  });

  test("notifies the operator of a subscription that is on hold a day after the payment", async () => {
    const run = await failing("INSUFFICIENT_FUNDS");
    const back = run.dodo.setStatus.bind(run.dodo);
    run.dodo.setStatus = (status, type) => (status === "active" ? undefined : back(status, type));
    await run.untilOver();
    expect(run.transcript().slice(-3)).toEqual([
      "day 4 13:10:10  -> ended",
      "day 4 13:10:10  mail recovered",
      "end recovered by attempt, reactivated false",
    ]);
    expect(alerts(run)).toEqual(["not_reactivated"]);
  });

  test("recovers a subscription that stays active after a failed charge", async () => {
    const run = await failing("INSUFFICIENT_FUNDS", [], { holdsOnFailure: false });
    await run.untilOver();
    expect(outcome(run)).toBe("recovered");
    expect(charges(run)).toBe(1);
  });

  test("leaves a subscription alone that opted out by its metadata", async () => {
    const run = startScenario();
    run.dodo.metadata["reprise"] = "off";
    run.dodo.merchantCharges(SOFT);
    await run.untilOver();
    expect(outcome(run)).toBe("nothing_owed");
    expect(run.world.mails).toEqual([]);
  });

  test("waits for a person on a hold without a failed payment", async () => {
    const run = startScenario();
    run.dodo.setStatus("on_hold", "subscription.on_hold");
    await run.until(1);
    expect(run.world.recovery?.attention[0]?.cause).toBe("hold_without_payment");
  });

  test("never charges a subscription whose first payment failed", async () => {
    const run = startScenario({ holdsOnFailure: false });
    run.dodo.status = "failed";
    run.dodo.merchantCharges(SOFT);
    await run.untilOver();
    expect(outcome(run)).toBe("nothing_owed");
  });
});

describe("the customer", () => {
  test("has paid the dues by changing the card in the portal on a hold", async () => {
    const run = await failing("EXPIRED_CARD");
    await run.until(1);
    run.dodo.customerChangesMethod("pm_2");
    await run.untilOver();
    expect(run.transcript().slice(-1)).toEqual(["end recovered by customer, reactivated true"]);
    expect(charges(run)).toBe(0);
  });

  test("is charged once, an hour after changing the card of an active subscription", async () => {
    const run = await failing("EXPIRED_CARD", [], { holdsOnFailure: false });
    await run.until(1);
    run.dodo.customerChangesMethod("pm_2");
    await run.untilOver();
    expect(run.dodo.mutations.map(({ at, what }) => [what, at])).toEqual([
      ["charge", run.dodo.mutations[0]?.at],
    ]);
    expect(run.transcript().at(-1)).toBe("end recovered by attempt, reactivated true");
    expect(describeDecisions(run.world)).toContain("schedule.method_changed");
  });

  test("is not charged while the payment page is open", async () => {
    const run = await failing("INSUFFICIENT_FUNDS");
    await run.until(3, -HOUR_MS);
    run.world.command(LINK);
    await run.until(3, 12 * HOUR_MS);
    expect(run.dodo.mutations.map(({ what }) => what)).toEqual(["payment_link"]);
    run.dodo.customerPays("pay_2", "pm_2");
    await run.untilOver();
    expect(charges(run)).toBe(0);
    expect(run.dodo.succeeded).toHaveLength(1);
  });

  test("is charged once an unused payment page has expired", async () => {
    const run = await failing("INSUFFICIENT_FUNDS");
    await run.until(2, 20 * HOUR_MS);
    run.world.command(LINK);
    await run.until(3, 19 * HOUR_MS);
    expect(charges(run)).toBe(0);
    await run.untilOver();
    expect(charges(run)).toBe(1);
    expect(run.dodo.succeeded).toHaveLength(1);
  });

  test("gets the same payment page for a second press of the button", async () => {
    const run = await failing("EXPIRED_CARD");
    const commands = [1, 2].map(() => run.world.command(LINK));
    await run.until(0, 2 * MINUTE_MS);
    const third = run.world.command(LINK);
    await run.until(0, 3 * MINUTE_MS);
    const urls = [...commands, third].map((id) => run.world.replies.get(id));
    expect(new Set(urls.map((reply) => JSON.stringify(reply))).size).toBe(1);
    expect(run.dodo.mutations).toHaveLength(1);
  });

  test("hears that nothing is owed after paying", async () => {
    const run = await failing("INSUFFICIENT_FUNDS");
    const back = run.dodo.setStatus.bind(run.dodo);
    run.dodo.setStatus = (status, type) => (status === "active" ? undefined : back(status, type));
    await run.until(3, MINUTE_MS);
    const late = run.world.command(LINK);
    await run.until(3, 2 * MINUTE_MS);
    expect(run.world.replies.get(late)).toMatchObject({ ok: false, code: "nothing_owed" });
  });
});

describe("a payment made elsewhere", () => {
  test("stops charging and asks a person when it succeeds", async () => {
    const run = await failing("INSUFFICIENT_FUNDS");
    await run.until(1);
    run.dodo.merchantCharges(SUCCEED);
    await run.until(20);
    expect(run.world.recovery?.attention[0]?.cause).toBe("unattributed_success");
    expect(charges(run)).toBe(0);
    run.world.command(MARK_PAID);
    await run.untilOver();
    expect(run.transcript().at(-1)).toBe("end recovered by operator, reactivated null");
  });

  test("lets the recovery continue when resumed, if it was for something else", async () => {
    const run = await failing("INSUFFICIENT_FUNDS", [], { holdsOnFailure: false });
    await run.until(1);
    run.dodo.merchantCharges(SUCCEED);
    await run.until(2);
    run.world.command(RESUME);
    await run.untilOver();
    expect(outcome(run)).toBe("recovered");
    expect(charges(run)).toBe(1);
  });

  test("raises a question when it fails", async () => {
    const run = await failing("INSUFFICIENT_FUNDS");
    await run.until(1);
    run.dodo.merchantCharges(SOFT);
    await run.until(2);
    expect(run.world.recovery?.attention[0]?.cause).toBe("second_debt");
    run.world.command(RESUME);
    await run.untilOver();
    expect(outcome(run)).toBe("recovered");
  });

  test("stands beside the success of an attempt that was in flight", async () => {
    const run = await failing("INSUFFICIENT_FUNDS", [{ kind: "stay", status: "processing" }]);
    await run.until(3, MINUTE_MS);
    run.dodo.end("pay_2", SUCCEED);
    run.dodo.merchantCharges(SUCCEED);
    await run.until(5);
    expect(run.dodo.succeeded).toHaveLength(2);
  });
});
