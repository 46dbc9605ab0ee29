import { describe, expect, test } from "vitest";
import { paymentReported, unattributedPayment } from "../../../dev/model/events.ts";
import { paymentStatus } from "../../../dodo/statuses.ts";
import { paymentIdOf as id } from "../../support/domain/ids.ts";
import { RecoveryDriver } from "../../support/domain/recovery-driver.ts";
import { DAY_0, DAY_MS, MINUTE_MS } from "../../support/domain/scenario.ts";
import { failed, open, SHORT_FOLLOW_UP, succeeded, summaryOf } from "./openings.ts";

describe("the reads of an opening", () => {
  test("follows an open attempt of an earlier run, and plans nothing beside it", () => {
    const opened = open({
      payments: [
        failed("pay_1"),
        succeeded("pay_2", { ...paymentStatus("processing"), attemptKey: "pay_1.2" as never }),
      ],
    });
    expect(opened.recovery.charge).toMatchObject({ number: 2, phase: "accepted" });
    expect(opened.recovery.plan).toBeNull();
  });

  test("names a pause that may explain a hold without a payment", () => {
    const paused = open({
      payments: [],
      subscription: { pausedAt: DAY_0 - DAY_MS },
      evidence: { reads: 4 },
    });
    expect(paused.decisions.at(-1)?.reason).toContain("after a pause, which may be unsettled");
    const held = open({ payments: [], evidence: { reads: 4 } });
    expect(held.decisions.at(-1)?.reason).not.toContain("pause");
  });

  test("reads a hold at the policy's growing gaps", () => {
    const driver = new RecoveryDriver(SHORT_FOLLOW_UP);
    driver.receive(paymentReported(unattributedPayment(DAY_0, paymentStatus("processing"))));
    const waits = [1, 2, 3].map(() => {
      const { wakeAt } = driver.finishRead([]);
      const waitMs = (wakeAt ?? 0) - driver.now;
      driver.wake();
      return waitMs;
    });
    expect(waits).toEqual([10_000, 5 * MINUTE_MS, 5 * MINUTE_MS]);
  });

  test("reads the latest five payments that webhooks reported by id", () => {
    const driver = new RecoveryDriver();
    for (const number of [1, 2, 3, 4, 5, 6, 6]) {
      driver.receive(
        paymentReported(unattributedPayment(DAY_0, { paymentId: id(`pay_${number}`) })),
      );
    }
    expect(driver.recovery.opening?.reportedPayments).toEqual(
      [2, 3, 4, 5, 6].map((number) => `pay_${number}`),
    );
  });

  test("keeps the time of the second read when a webhook comes in between", () => {
    const driver = new RecoveryDriver();
    driver.receive(paymentReported(failed("pay_1")));
    driver.finishRead([failed("pay_1")]);
    const hint = driver.receive(paymentReported(failed("pay_2")));
    expect(hint.effects).toEqual([]);
    expect(driver.recovery.pendingEffects).toEqual({});
  });

  test("reads at once on a webhook after a question, and asks again what is still unclear", () => {
    const payments = [failed("pay_1"), failed("pay_2", { totalMinor: 1_000 })];
    const driver = open({ payments });
    const hint = driver.receive(paymentReported(failed("pay_2", { totalMinor: 1_000 })));
    expect(hint.effects).toMatchObject([{ kind: "read" }]);
    driver.finishRead(payments);
    expect(summaryOf(driver.recovery)).toBe("opening, asks several_failures pay_1, pay_2");
    driver.receive(paymentReported(failed("pay_2", { totalMinor: 1_000 })));
    driver.finishRead([failed("pay_1")]);
    expect(summaryOf(driver.recovery)).toBe("owed pay_1 2900, planned 2");
  });
});
