import { describe, expect, test } from "vitest";
import {
  MARK_PAID,
  PAUSE,
  RESUME,
  RETRY,
  WRITE_OFF,
} from "../../support/domain/operator-commands.ts";
import { HOUR_MS, MINUTE_MS, SECOND_MS, startScenario } from "../../support/domain/scenario.ts";
import {
  alerts,
  attention,
  charges,
  decline,
  failing,
  outcome,
  refuseReads,
  SOFT,
  SUCCEED,
} from "./scenario.ts";

describe("the operator", () => {
  test("stops the window with a pause until the recovery is resumed", async () => {
    const run = await failing("STOLEN_CARD");
    await run.until(1);
    run.world.command(PAUSE);
    await run.until(41);
    expect(run.world.recovery?.state).toBe("paused");
    const mails = run.world.mails.length;
    run.world.command(RESUME);
    await run.untilOver();
    expect(outcome(run)).toBe("exhausted");
    expect(run.transcript().at(-2)).toBe("day 70 13:10:00  -> ended");
    expect(run.world.mails.length).toBeGreaterThan(mails);
  });

  test("has an overdue attempt announced again after a pause", async () => {
    const run = await failing("INSUFFICIENT_FUNDS");
    await run.until(1);
    run.world.command(PAUSE);
    await run.until(8);
    run.world.command(RESUME);
    await run.untilOver();
    expect(run.transcript().filter((line) => /mail retry|charge$/.test(line))).toEqual([
      "day 8 13:10:00  mail retry_ahead.2.moved1",
      "day 9 13:10:00  charge",
    ]);
  });

  test("charges now without spending the schedule's budget", async () => {
    const run = await failing("INSUFFICIENT_FUNDS", [SOFT, SOFT, SOFT, SOFT, SOFT]);
    await run.until(1);
    run.world.command(RETRY);
    await run.untilOver();
    expect(charges(run)).toBe(4);
  });

  test("cannot charge a blocked card", async () => {
    const run = await failing("STOLEN_CARD");
    const command = run.world.command(RETRY);
    await run.until(0, 2 * MINUTE_MS);
    expect(run.world.replies.get(command)).toMatchObject({ ok: false, code: "method_blocked" });
  });

  test("writes off without a change to the subscription", async () => {
    const run = await failing("INSUFFICIENT_FUNDS");
    run.world.command(WRITE_OFF);
    await run.untilOver();
    expect(outcome(run)).toBe("written_off");
    expect(run.dodo.mutations).toEqual([]);
  });

  test("still counts what a charge in flight collects after a write-off", async () => {
    const run = await failing("INSUFFICIENT_FUNDS");
    await run.until(3, 5 * SECOND_MS);
    run.world.command(WRITE_OFF);
    await run.untilOver();
    expect(outcome(run)).toBe("recovered");
  });

  test("writes off by Temporal's Cancel", async () => {
    const run = await failing("INSUFFICIENT_FUNDS");
    run.world.push({ kind: "cancel_requested" });
    await run.untilOver();
    expect(outcome(run)).toBe("written_off");
  });
});

describe("the operator, in a critical moment", () => {
  test("does not answer a later question by lifting a pause", async () => {
    const run = await failing("INSUFFICIENT_FUNDS");
    await run.until(1);
    run.world.command(PAUSE);
    await run.until(1, HOUR_MS);
    run.dodo.merchantCharges(SUCCEED);
    await run.until(1, 2 * HOUR_MS);
    run.world.command(RESUME);
    await run.until(20);
    expect(attention(run)).toEqual(["unattributed_success"]);
    expect(charges(run)).toBe(0);
  });

  test("cannot charge while Dodo reports a pending payment", async () => {
    const run = await failing("INSUFFICIENT_FUNDS");
    run.dodo.faults.push({ kind: "refuse", httpStatus: 409, code: "PREVIOUS_PAYMENT_PENDING" });
    await run.until(3, HOUR_MS);
    const command = run.world.command(RETRY);
    await run.until(3, 2 * HOUR_MS);
    expect(run.world.replies.get(command)).toMatchObject({ ok: false, code: "being_processed" });
  });

  test("is not asked about a debt that was written off during a failing read", async () => {
    const run = await failing("INSUFFICIENT_FUNDS");
    await run.until(1);
    refuseReads(run, HOUR_MS);
    run.dodo.setStatus("on_hold", "subscription.updated");
    await run.until(1, 1_010);
    run.world.command(WRITE_OFF);
    await run.until(2);
    expect(run.world.isOpen).toBe(false);
  });

  test("can answer what was unclear at the opening", async () => {
    for (const answer of [MARK_PAID, RESUME]) {
      const run = startScenario({ holdsOnFailure: false });
      run.world.deliver = (type) => (type === "payment.failed" ? [HOUR_MS] : null);
      run.dodo.merchantCharges(SOFT);
      await run.until(0, MINUTE_MS);
      run.dodo.payments.push({
        ...run.dodo.payments[0],
        paymentId: "pay_big",
        createdAt: run.timeline.now(),
        totalMinor: 9_900,
        status: "succeeded",
        declineCode: null,
      } as never);
      await run.until(0, 2 * HOUR_MS);
      expect(attention(run)).toEqual(["unattributed_success"]);
      run.world.command(answer);
      await run.untilOver();
      expect(run.world.results[0]?.outcome).toBe("recovered");
      expect(charges(run)).toBe(answer === RESUME ? 1 : 0);
    }
  });

  test("is notified again when the merchant's fault returns", async () => {
    const run = await failing("INVALID_AMOUNT", [decline("INVALID_AMOUNT")]);
    await run.until(1);
    run.world.command(RESUME);
    await run.until(10);
    expect(alerts(run)).toEqual(["merchant_code", "merchant_code"]);
    expect(run.world.mails).toEqual([]);
  });

  test("can write off a debt that waits for a payment without an end", async () => {
    const run = await failing("INSUFFICIENT_FUNDS", [{ kind: "stay", status: "processing" }]);
    await run.until(8);
    run.world.command(WRITE_OFF);
    await run.untilOver();
    expect(run.world.results[0]?.outcome).toBe("written_off");
  });

  test("has the attempt announced and made at its time of day after a refusal", async () => {
    const run = await failing("INSUFFICIENT_FUNDS");
    run.dodo.faults.push({ kind: "refuse", httpStatus: 422, code: "REQUEST_AMOUNT_BELOW_MINIMUM" });
    await run.until(12, 14 * HOUR_MS);
    run.world.command(RESUME);
    await run.untilOver();
    expect(run.transcript().slice(-6)).toEqual(
      [
        "day 13 13:10:00  mail retry_ahead.2",
        "day 14 13:10:00  -> charging",
        "day 14 13:10:00  charge",
        "day 14 13:10:10  -> reactivating",
        "day 14 13:10:10  -> ended",
        "day 14 13:10:10  mail recovered",
      ]
        .concat("end recovered by attempt, reactivated true")
        .slice(-6),
    );
  });
});
