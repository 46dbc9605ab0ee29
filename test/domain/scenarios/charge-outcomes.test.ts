import { describe, expect, test } from "vitest";
import type { Command } from "../../../domain/state/command.ts";
import { RETRY } from "../../support/domain/operator-commands.ts";
import {
  DAY_MS,
  HOUR_MS,
  MINUTE_MS,
  SECOND_MS,
  startScenario,
} from "../../support/domain/scenario.ts";
import { alerts, charges, failing, outcome, SOFT, SUCCEED } from "./scenario.ts";

const CONFIRMED_RETRY: Command = {
  action: "retry_now",
  by: "anna",
  note: "",
  confirmedAbsent: true,
};

describe("webhooks", () => {
  test("change nothing when they are doubled and out of order", async () => {
    const plain = await failing("INSUFFICIENT_FUNDS", [SOFT]);
    await plain.untilOver();
    const run = startScenario();
    run.world.deliver = (type) =>
      type.startsWith("payment") ? [3_000, 900, 40_000] : [100, 50_000, 2_000];
    run.dodo.verdicts.push(SOFT);
    run.dodo.merchantCharges(SOFT);
    await run.untilOver();
    expect(charges(run)).toBe(charges(plain));
    expect(run.dodo.succeeded).toHaveLength(1);
    expect(outcome(run)).toBe("recovered");
  });

  test("are replaced by reads when they are lost", async () => {
    const run = await failing("INSUFFICIENT_FUNDS");
    run.world.deliver = () => null;
    await run.untilOver();
    expect(run.transcript().slice(-4)).toEqual([
      "day 3 13:10:00  charge",
      "day 3 13:11:00  -> ended",
      "day 3 13:11:00  mail recovered",
      "end recovered by attempt, reactivated true",
    ]);
  });

  test("open nothing and send nothing when the debt is already paid", async () => {
    const run = startScenario();
    run.world.deliver = (type) => (type === "payment.failed" ? [DAY_MS] : null);
    run.dodo.merchantCharges(SOFT);
    await run.until(0, HOUR_MS);
    run.dodo.merchantCharges(SUCCEED);
    await run.untilOver();
    expect(outcome(run)).toBe("nothing_owed");
    expect(run.world.mails).toEqual([]);
    expect(charges(run)).toBe(0);
  });

  test("never reopen a debt when they are replayed after its end", async () => {
    const run = await failing("STOLEN_CARD");
    await run.untilOver();
    const [failed] = run.dodo.payments;
    if (failed === undefined) throw new Error("no payment");
    run.world.receive("payment.failed", run.dodo.paymentBody(failed), "msg_replayed");
    await run.until(100);
    expect(run.world.results.map((result) => result.outcome)).toEqual([
      "exhausted",
      "nothing_owed",
    ]);
    expect(run.dodo.mutations).toEqual([]);
  });

  test("open a recovery for a payment that lists do not show yet", async () => {
    const run = await failing("INSUFFICIENT_FUNDS", [], { listLagMs: 10 * MINUTE_MS });
    expect(run.world.recovery?.state).toBe("waiting");
  });
});

describe("an unknown outcome", () => {
  test("blocks every charge until the payment stayed absent for a day, then repeats the attempt", async () => {
    const run = await failing("INSUFFICIENT_FUNDS");
    run.dodo.faults.push({ kind: "timeout_before" });
    await run.untilOver();
    expect(run.transcript().slice(3)).toEqual([
      "day 3 13:10:00  -> charging",
      "day 3 13:10:00  charge",
      "day 4 13:11:00  -> waiting",
      "day 4 13:11:00  -> charging",
      "day 4 13:11:00  charge",
      "day 4 13:11:10  -> reactivating",
      "day 4 13:11:10  -> ended",
      "day 4 13:11:10  mail recovered",
      "end recovered by attempt, reactivated true",
    ]);
    expect(run.dodo.payments.map(({ metadata }) => metadata["recovery_attempt"])).toEqual([
      undefined,
      "pay_1.2",
    ]);
  });

  test.each(["timeout_after", "lost_after", "error_after"] as const)(
    "is settled by the payment with the key after %s, and collects once",
    async (kind) => {
      const run = await failing("INSUFFICIENT_FUNDS");
      run.world.deliver = () => null;
      run.dodo.faults.push({ kind, httpStatus: 500 });
      await run.untilOver();
      expect(charges(run)).toBe(1);
      expect(run.dodo.succeeded).toHaveLength(1);
      expect(outcome(run)).toBe("recovered");
    },
  );

  test("raises the fence after a killed worker, whether the charge happened or not", async () => {
    for (const happened of [true, false]) {
      const run = await failing("INSUFFICIENT_FUNDS");
      run.world.deliver = () => null;
      run.world.killCharge = async (send) => {
        if (happened) await send();
        throw new Error("heartbeat timeout");
      };
      await run.untilOver();
      expect(run.dodo.succeeded).toHaveLength(1);
      expect(outcome(run)).toBe("recovered");
    }
  });

  test("is settled by an operator only with confirmed_absent", async () => {
    const run = await failing("INSUFFICIENT_FUNDS");
    run.dodo.faults.push({ kind: "lost_before" });
    await run.until(3, HOUR_MS);
    const unconfirmed = run.world.command(RETRY);
    await run.until(3, HOUR_MS + SECOND_MS);
    expect(run.world.replies.get(unconfirmed)).toMatchObject({
      ok: false,
      code: "being_processed",
    });
    run.world.command(CONFIRMED_RETRY);
    await run.untilOver();
    expect(outcome(run)).toBe("recovered");
    expect(run.dodo.payments.at(-1)?.metadata["recovery_attempt"]).toBe("pay_1.2");
  });

  test("is no unknown outcome if the request was provably never sent", async () => {
    const run = await failing("INSUFFICIENT_FUNDS");
    run.dodo.faults.push({ kind: "unsent" });
    await run.untilOver();
    expect(run.transcript()).toContain("day 3 13:11:00  charge");
    expect(outcome(run)).toBe("recovered");
  });

  test("notifies the operator of a payment that stays open for three days, and follows it to its end", async () => {
    const run = await failing("INSUFFICIENT_FUNDS", [
      { kind: "stay", status: "requires_customer_action" },
    ]);
    await run.until(7);
    expect(alerts(run)).toEqual(["outcome_deadline"]);
    expect(charges(run)).toBe(1);
    run.dodo.end("pay_2", SUCCEED);
    await run.untilOver();
    expect(outcome(run)).toBe("recovered");
  });
});

describe("a refusal by Dodo", () => {
  test.each([
    "SUBSCRIPTION_INACTIVE",
    "SUBSCRIPTION_PAYMENT_RETRY_LIMIT_EXCEEDED",
    "CHARGE_NOT_ALLOWED_FOR_SCHEDULED_CANCELLATION",
    "NO_ELIGIBLE_PAYMENT_METHODS",
  ])("asks the customer after %s", async (code) => {
    const run = await failing("INSUFFICIENT_FUNDS");
    run.dodo.faults.push({ kind: "refuse", httpStatus: 422, code });
    await run.until(4);
    expect(run.world.recovery?.state).toBe("awaiting_customer");
    expect(run.world.mails.at(-1)?.key).toContain("action_needed");
  });

  test("ends the recovery as cancelled after SUBSCRIPTION_EXPIRED", async () => {
    const run = await failing("INSUFFICIENT_FUNDS");
    run.dodo.faults.push({ kind: "refuse", httpStatus: 422, code: "SUBSCRIPTION_EXPIRED" });
    await run.untilOver();
    expect(outcome(run)).toBe("cancelled");
  });

  test("waits for a person after a refused request", async () => {
    const run = await failing("INSUFFICIENT_FUNDS");
    run.dodo.faults.push({
      kind: "refuse",
      httpStatus: 422,
      code: "REQUEST_AMOUNT_BELOW_MINIMUM",
    });
    await run.until(10);
    expect(run.world.recovery?.state).toBe("needs_attention");
    expect(charges(run)).toBe(1);
  });

  test.each([401, 403])("leaves the attempt due after HTTP %s, and asks nobody", async (status) => {
    const run = await failing("INSUFFICIENT_FUNDS");
    const refusal = { kind: "refuse", httpStatus: status, code: "UNAUTHORIZED" } as const;
    run.dodo.faults.push(refusal, refusal);
    await run.untilOver();
    expect(charges(run)).toBe(3);
    expect(run.dodo.succeeded).toHaveLength(1);
    expect(run.world.alerts).toEqual([]);
    expect(outcome(run)).toBe("recovered");
  });

  test("is tried again later after HTTP 429", async () => {
    const run = await failing("INSUFFICIENT_FUNDS");
    run.dodo.faults.push({ kind: "refuse", httpStatus: 429, code: "TOO_MANY_REQUESTS" });
    await run.untilOver();
    expect(charges(run)).toBe(2);
    expect(run.dodo.succeeded).toHaveLength(1);
  });

  test("asks the customer if the payment that Dodo reports as pending cannot be found", async () => {
    const run = await failing("INSUFFICIENT_FUNDS");
    run.dodo.faults.push({ kind: "refuse", httpStatus: 409, code: "PREVIOUS_PAYMENT_PENDING" });
    await run.until(5);
    expect(charges(run)).toBe(1);
    expect(run.world.recovery?.state).toBe("awaiting_customer");
  });
});
