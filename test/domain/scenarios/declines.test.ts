import { describe, expect, test } from "vitest";
import { DEFAULT_POLICY, type Policy } from "../../../domain/policy.ts";
import { RESUME } from "../../support/domain/operator-commands.ts";
import { DAY_MS, describeDecisions, SECOND_MS } from "../../support/domain/scenario.ts";
import { alerts, charges, decline, failing, outcome, SOFT } from "./scenario.ts";

describe("a soft decline", () => {
  test("is charged again on days 3 and 10, and recovered", async () => {
    const run = await failing("INSUFFICIENT_FUNDS", [SOFT]);
    await run.untilOver();
    expect(run.transcript()).toEqual([
      "day 0 13:10:20  -> waiting",
      "day 0 15:10:20  mail payment_failed",
      "day 2 13:10:00  mail retry_ahead.2",
      "day 3 13:10:00  -> charging",
      "day 3 13:10:00  charge",
      "day 3 13:10:10  -> waiting",
      "day 9 13:10:00  mail retry_ahead.3",
      "day 10 13:10:00  -> charging",
      "day 10 13:10:00  charge",
      "day 10 13:10:10  -> reactivating",
      "day 10 13:10:10  -> ended",
      "day 10 13:10:10  mail recovered",
      "end recovered by attempt, reactivated true",
    ]);
  });

  test("is charged three more times, then the customer is asked until the window ends", async () => {
    const run = await failing("INSUFFICIENT_FUNDS", [SOFT, SOFT, SOFT]);
    await run.untilOver();
    expect(run.transcript().slice(11)).toEqual([
      "day 17 13:10:00  -> charging",
      "day 17 13:10:00  charge",
      "day 17 13:10:10  -> awaiting_customer",
      "day 17 13:10:10  mail action_needed.4.0",
      "day 20 13:10:10  mail action_needed.4.1",
      "day 24 13:10:10  mail action_needed.4.2",
      "day 27 13:10:00  mail action_needed.4.3",
      "day 30 13:10:00  -> ended",
      "end exhausted by reprise, reactivated null",
    ]);
    expect(charges(run)).toBe(3);
  });

  test("is charged again after a day if its code is transient", async () => {
    const run = await failing("NETWORK_TIMEOUT");
    await run.untilOver();
    expect(run.dodo.mutations.map(({ at }) => new Date(at).toISOString())).toEqual([
      "2026-10-06T13:10:00.050Z",
    ]);
  });

  test("stops the schedule when it comes three times in a row", async () => {
    const code = "GENERIC_DECLINE";
    const run = await failing(code, [decline(code), decline(code), decline(code)]);
    await run.untilOver();
    expect(charges(run)).toBe(2);
    expect(describeDecisions(run.world)).toContain("decline.repeated");
  });

  test("stops the schedule when a hard decline follows", async () => {
    const run = await failing("INSUFFICIENT_FUNDS", [decline("EXPIRED_CARD")]);
    await run.untilOver();
    expect(charges(run)).toBe(1);
    expect(run.transcript()).toContain("day 3 13:10:10  mail action_needed.2.0");
  });

  test("is retried three times at most in rupees", async () => {
    const gapsMs = [2, 2, 2, 2, 2].map((days) => days * DAY_MS);
    const policy = { ...DEFAULT_POLICY, retry: { ...DEFAULT_POLICY.retry, gapsMs } };
    const run = await failing(
      "INSUFFICIENT_FUNDS",
      Array(6).fill(SOFT),
      { currency: "INR" },
      policy,
    );
    await run.untilOver();
    expect(charges(run)).toBe(3);
  });
});

describe("a hard decline", () => {
  test("is never charged again, and the customer gets four notices", async () => {
    const run = await failing("STOLEN_CARD");
    await run.untilOver();
    expect(run.transcript()).toEqual([
      "day 0 13:10:20  -> awaiting_customer",
      "day 0 13:10:20  mail action_needed.1.0",
      "day 3 13:10:20  mail action_needed.1.1",
      "day 7 13:10:20  mail action_needed.1.2",
      "day 14 13:10:20  mail action_needed.1.3",
      "day 30 13:10:00  -> ended",
      "end exhausted by reprise, reactivated null",
    ]);
    expect(run.dodo.mutations).toEqual([]);
  });

  test("is written about like any other when its code is masked", async () => {
    const texts = await Promise.all(
      ["STOLEN_CARD", "CARD_DECLINED"].map(async (code) => {
        const run = await failing(code);
        return run.world.mails[0]?.text;
      }),
    );
    expect(texts[0]).toBe(texts[1]);
    expect(texts[0]).not.toMatch(/stolen/i);
  });

  test("is recovered by a new card on the payment page", async () => {
    const run = await failing("EXPIRED_CARD");
    await run.until(2);
    const command = run.world.command({ action: "create_payment_link", debtId: "pay_1" });
    await run.until(2, 10 * SECOND_MS);
    expect(run.world.replies.get(command)).toMatchObject({
      ok: true,
      url: "https://checkout.example/pay_2",
    });
    run.dodo.customerPays("pay_2", "pm_2");
    await run.untilOver();
    expect(run.transcript().slice(-5)).toEqual([
      "day 2 13:10:00  payment_link",
      "day 2 13:10:11  -> reactivating",
      "day 2 13:10:11  -> ended",
      "day 2 13:10:11  mail recovered",
      "end recovered by link, reactivated true",
    ]);
  });

  test("asks the customer and notifies the operator when its code is unknown", async () => {
    const run = await failing("QUANTUM_DECLINE");
    await run.untilOver();
    expect(charges(run)).toBe(0);
    expect(alerts(run)).toEqual(["unknown_code"]);
  });
});

describe("a decline on the merchant's side", () => {
  test("waits for the operator without a mail to the customer, and continues when resumed", async () => {
    const run = await failing("INVALID_AMOUNT");
    await run.until(5);
    expect(run.world.mails).toEqual([]);
    expect(run.world.recovery?.state).toBe("needs_attention");
    run.world.command(RESUME);
    await run.untilOver();
    expect(outcome(run)).toBe("recovered");
    expect(charges(run)).toBe(1);
  });

  test("is not charged again after the operator resumed, if the policy calls a hard code the merchant's", async () => {
    const codes = { CARD_DECLINED: "merchant" } as const;
    const run = await failing("CARD_DECLINED", [], {}, { ...DEFAULT_POLICY, codes });
    await run.until(5);
    expect(run.world.recovery?.state).toBe("needs_attention");
    run.world.command(RESUME);
    await run.until(40);
    expect(charges(run)).toBe(0);
  });

  test("never ends in a cancellation", async () => {
    const policy: Policy = { ...DEFAULT_POLICY, onExhausted: "cancel" };
    const run = await failing("INVALID_AMOUNT", [], {}, policy);
    await run.until(60);
    expect(run.dodo.status).toBe("on_hold");
    expect(run.world.isOpen).toBe(true);
  });
});
