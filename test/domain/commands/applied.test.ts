import { describe, expect, test } from "vitest";
import { paymentReported } from "../../../dev/model/events.ts";
import { paymentStatus, subscriptionStatus } from "../../../dodo/statuses.ts";
import { refusalOf } from "../../../domain/commands.ts";
import type { Command } from "../../../domain/state/command.ts";
import type { Payment, Subscription } from "../../../domain/state/payment.ts";
import { paymentIdOf as id } from "../../support/domain/ids.ts";
import {
  MARK_PAID,
  PAUSE,
  RESUME,
  RETRY,
  WRITE_OFF,
} from "../../support/domain/operator-commands.ts";
import { RecoveryDriver } from "../../support/domain/recovery-driver.ts";
import { DAY_MS, HOUR_MS } from "../../support/domain/scenario.ts";
import { FAILED, opened, RETRY_ABSENT, SITUATIONS } from "./situations.ts";

describe("an operator's command", () => {
  const last = ({ decisions }: RecoveryDriver): string => decisions.at(-1)?.reason ?? "";

  test("is recorded with the operator's name and note", () => {
    const driver = opened();
    driver.command(PAUSE);
    expect(last(driver)).toContain("pause by anna");
    expect(last(driver)).not.toContain("anna:");
    driver.command({ ...WRITE_OFF, note: "moved away" } as Command);
    expect(last(driver)).toContain("write_off by anna: moved away");
    expect(driver.recovery.ended).toMatchObject([{ reason: "written off by anna: moved away" }]);
  });

  test("that does not apply is refused with its reason", () => {
    const driver = opened();
    const { rule, reason } = driver.command(RESUME);
    expect(rule).toBe("operator.refused");
    expect(reason).toContain("resume: the recovery is neither paused nor waiting for an answer");
  });

  test("retry_now leaves a pause alone; after the resume it charges the next attempt", () => {
    const driver = opened();
    const { windowEndsAt } = driver.recovery;
    driver.command(PAUSE);
    driver.now += DAY_MS;
    expect(driver.command(RETRY).reason).toContain("paused by anna; resume it first");
    expect(driver.recovery).toMatchObject({ charge: null, paused: { by: "anna" } });
    driver.command(RESUME);
    driver.finishRead([FAILED]);
    driver.command(RETRY);
    expect(driver.recovery).toMatchObject({
      charge: { number: 2, trigger: "operator" },
      paused: null,
      windowStoppedAt: null,
    });
    expect(driver.recovery.windowEndsAt).toBeGreaterThanOrEqual((windowEndsAt ?? 0) + DAY_MS);
  });

  test("retry_now with confirmed_absent sends the unknown attempt again under its number", () => {
    const driver = SITUATIONS["with a charge of unknown outcome"]();
    driver.command(RETRY_ABSENT);
    expect(driver.recovery.charge).toMatchObject({ number: 2, trigger: "operator" });
  });

  test("resume excludes a payment made elsewhere, which may also have reactivated the subscription", () => {
    const driver = SITUATIONS["that asks about a payment made elsewhere"]();
    expect(driver.recovery.wasHeld).toBe(true);
    driver.recovery = {
      ...driver.recovery,
      subscription: {
        ...(driver.recovery.subscription as Subscription),
        ...subscriptionStatus("active"),
      },
    };
    driver.command(RESUME);
    expect(driver.recovery).toMatchObject({
      attention: [],
      excludedPayments: ["pay_2"],
      wasHeld: false,
    });
  });

  test("resume closes a payment page that has been open for too long", () => {
    const driver = SITUATIONS["with an open payment page"]();
    const url = "https://checkout.example/1";
    driver.finishPaymentLink({ kind: "made", url, paymentId: null, expiresAt: null });
    driver.readUntilAttention([FAILED]);
    expect(driver.recovery.attention).toMatchObject([{ cause: "outcome_deadline" }]);
    const { reason } = driver.command(RESUME);
    expect(reason).toContain("the operator checked the customer's payment page");
    expect(driver.recovery).toMatchObject({ paymentLink: null, attention: [] });
  });

  test("write_off and mark_paid end a debt at once when its charge has been open for too long", () => {
    for (const [command, outcome] of [
      [WRITE_OFF, "written_off"],
      [MARK_PAID, "recovered"],
    ] as const) {
      const driver = opened();
      driver.advanceToCharge();
      driver.finishCharge({ kind: "accepted", paymentId: id("pay_2"), adopted: false });
      const open = {
        ...FAILED,
        paymentId: id("pay_2"),
        ...paymentStatus("processing"),
        declineCode: null,
      };
      driver.command(WRITE_OFF);
      expect(driver.recovery.closing).not.toBeNull();
      driver.readUntilAttention([FAILED, { ...open, attemptKey: "pay_1.2" as never }]);
      expect(refusalOf(driver.recovery, PAUSE)).toMatchObject({ code: "not_now" });
      expect(refusalOf(driver.recovery, RETRY)).toMatchObject({ code: "not_now" });
      driver.command(command);
      expect(driver.recovery.ended).toMatchObject([{ outcome, by: "operator", who: "anna" }]);
    }
  });

  test("resume reads Dodo again after an unclear opening, and remembers that the failures are separate", () => {
    const unclear = (): RecoveryDriver => {
      const driver = new RecoveryDriver();
      const other = { ...FAILED, paymentId: id("pay_2"), totalMinor: 700 };
      driver.open([FAILED, other]);
      expect(driver.recovery.attention).toMatchObject([{ cause: "several_failures" }]);
      return driver;
    };
    const [plain, separate] = [unclear(), unclear()];
    plain.command(RESUME);
    expect(plain.recovery.opening).toMatchObject({ reads: 0, areSeparate: false });
    separate.command({ ...RESUME, newDebt: true } as Command);
    expect(separate.recovery.opening).toMatchObject({ reads: 0, areSeparate: true });
    separate.finishRead([FAILED]);
    separate.command(PAUSE);
    separate.command(RESUME);
    expect(separate.recovery.opening).toMatchObject({ areSeparate: true });
  });
});

describe("the questions of a recovery", () => {
  test("stop the window together with a pause until both are gone", () => {
    const driver = SITUATIONS["that asks about a decline on the merchant's side"]();
    const stopped = driver.recovery.windowStoppedAt;
    expect(stopped).not.toBeNull();
    driver.command(PAUSE);
    driver.now += HOUR_MS;
    driver.command(RESUME);
    expect(driver.recovery).toMatchObject({ paused: null, windowStoppedAt: stopped });
    const before = driver.recovery.windowEndsAt ?? 0;
    driver.command(RESUME);
    expect(driver.recovery).toMatchObject({ attention: [], windowStoppedAt: null });
    expect(driver.recovery.windowEndsAt).toBe(before + driver.now - (stopped ?? 0));
  });

  test("stay open, and the window stopped, when another question resolves itself", () => {
    const causes = (): string[] => driver.recovery.attention.map(({ cause }) => cause);
    const attempt: Payment = {
      ...FAILED,
      paymentId: id("pay_2"),
      attemptKey: "pay_1.2" as never,
    };
    const driver = opened();
    driver.advanceToCharge();
    driver.finishCharge({ kind: "accepted", paymentId: attempt.paymentId, adopted: false });
    driver.readUntilAttention([
      FAILED,
      { ...attempt, ...paymentStatus("processing"), declineCode: null },
    ]);
    driver.receive(paymentReported({ ...FAILED, paymentId: id("pay_3"), totalMinor: 700 }));
    expect(causes()).toEqual(["outcome_deadline", "second_debt"]);
    const { windowStoppedAt } = driver.recovery;
    driver.receive(paymentReported(attempt));
    expect(causes()).toEqual(["second_debt"]);
    expect(driver.recovery.alertsSent).toEqual([{ cause: "second_debt", debtId: "pay_3" }]);
    expect(windowStoppedAt).not.toBeNull();
    expect(driver.recovery.windowStoppedAt).toBe(windowStoppedAt);
  });

  test("are limited to the latest ten", () => {
    const driver = opened();
    for (let number = 2; number <= 14; number += 1) {
      driver.receive(
        paymentReported({ ...FAILED, paymentId: id(`pay_${number}`), totalMinor: 100 * number }),
      );
    }
    expect(driver.recovery.attention).toHaveLength(10);
    expect(driver.recovery.attention.at(-1)).toMatchObject({ debtId: "pay_14" });
  });
});
