import { describe, expect, test } from "vitest";
import { paymentReported } from "../../../dev/model/events.ts";
import { refusalOf } from "../../../domain/commands.ts";
import type { Command } from "../../../domain/state/command.ts";
import type { Payment, Subscription } from "../../../domain/state/payment.ts";
import { Deciding } from "../../support/domain/recovery-driver.ts";
import { paymentIdOf as id } from "../../support/domain/ids.ts";
import {
  MARK_PAID,
  PAUSE,
  RESUME,
  RETRY,
  WRITE_OFF,
} from "../../support/domain/operator-commands.ts";
import { DAY_MS, HOUR_MS } from "../../support/domain/scenario.ts";
import { FAILED, opened, RETRY_ABSENT, SITUATIONS } from "./situations.ts";

describe("an operator's command", () => {
  const last = ({ decisions }: Deciding): string => decisions.at(-1)?.reason ?? "";

  test("is recorded with the operator's name and note", () => {
    const deciding = opened();
    deciding.command(PAUSE);
    expect(last(deciding)).toContain("pause by anna");
    expect(last(deciding)).not.toContain("anna:");
    deciding.command({ ...WRITE_OFF, note: "moved away" } as Command);
    expect(last(deciding)).toContain("write_off by anna: moved away");
    expect(deciding.recovery.ended).toMatchObject([{ reason: "written off by anna: moved away" }]);
  });

  test("that does not apply is refused with its reason", () => {
    const deciding = opened();
    const { rule, reason } = deciding.command(RESUME);
    expect(rule).toBe("operator.refused");
    expect(reason).toContain("resume: the recovery is neither paused nor waiting for an answer");
  });

  test("retry_now lifts the pause, resumes the window and charges the next attempt", () => {
    const deciding = opened();
    const { windowEndsAt } = deciding.recovery;
    deciding.command(PAUSE);
    deciding.now += DAY_MS;
    deciding.command(RETRY);
    expect(deciding.recovery).toMatchObject({
      charge: { number: 2, trigger: "operator" },
      paused: null,
      windowStoppedAt: null,
    });
    expect(deciding.recovery.windowEndsAt).toBeGreaterThanOrEqual((windowEndsAt ?? 0) + DAY_MS);
  });

  test("retry_now with confirmed_absent sends the unknown attempt again under its number", () => {
    const deciding = SITUATIONS["with a charge of unknown outcome"]();
    deciding.command(RETRY_ABSENT);
    expect(deciding.recovery.charge).toMatchObject({ number: 2, trigger: "operator" });
  });

  test("resume excludes a payment made elsewhere, which may also have reactivated the subscription", () => {
    const deciding = SITUATIONS["that asks about a payment made elsewhere"]();
    expect(deciding.recovery.wasHeld).toBe(true);
    deciding.recovery = {
      ...deciding.recovery,
      subscription: { ...(deciding.recovery.subscription as Subscription), status: "active" },
    };
    deciding.command(RESUME);
    expect(deciding.recovery).toMatchObject({
      attention: [],
      excludedPayments: ["pay_2"],
      wasHeld: false,
    });
  });

  test("resume closes a payment page that has been open for too long", () => {
    const deciding = SITUATIONS["with an open payment page"]();
    const url = "https://checkout.example/1";
    deciding.page({ kind: "made", url, paymentId: null, expiresAt: null });
    deciding.followUntilAsked([FAILED]);
    expect(deciding.recovery.attention).toMatchObject([{ cause: "outcome_deadline" }]);
    const { reason } = deciding.command(RESUME);
    expect(reason).toContain("the operator checked the customer's payment page");
    expect(deciding.recovery).toMatchObject({ paymentLink: null, attention: [] });
  });

  test("write_off and mark_paid end a debt at once when its charge has been open for too long", () => {
    for (const [command, outcome] of [
      [WRITE_OFF, "written_off"],
      [MARK_PAID, "recovered"],
    ] as const) {
      const deciding = opened();
      deciding.charge();
      deciding.charged({ kind: "accepted", paymentId: id("pay_2"), adopted: false });
      const open = { ...FAILED, paymentId: id("pay_2"), status: "processing", declineCode: null };
      deciding.command(WRITE_OFF);
      expect(deciding.recovery.closing).not.toBeNull();
      deciding.followUntilAsked([FAILED, { ...open, attemptKey: "pay_1.2" as never }]);
      expect(refusalOf(deciding.recovery, PAUSE)).toMatchObject({ code: "not_now" });
      expect(refusalOf(deciding.recovery, RETRY)).toMatchObject({ code: "not_now" });
      deciding.command(command);
      expect(deciding.recovery.ended).toMatchObject([{ outcome, by: "operator", who: "anna" }]);
    }
  });

  test("resume reads Dodo again after an unclear opening, and remembers that the failures are separate", () => {
    const unclear = (): Deciding => {
      const deciding = new Deciding();
      const other = { ...FAILED, paymentId: id("pay_2"), totalMinor: 700 };
      deciding.open([FAILED, other]);
      expect(deciding.recovery.attention).toMatchObject([{ cause: "several_failures" }]);
      return deciding;
    };
    const [plain, separate] = [unclear(), unclear()];
    plain.command(RESUME);
    expect(plain.recovery.opening).toMatchObject({ reads: 0, areSeparate: false });
    separate.command({ ...RESUME, newDebt: true } as Command);
    expect(separate.recovery.opening).toMatchObject({ reads: 0, areSeparate: true });
    separate.read([FAILED]);
    separate.command(PAUSE);
    separate.command(RESUME);
    expect(separate.recovery.opening).toMatchObject({ areSeparate: true });
  });
});

describe("the questions of a recovery", () => {
  test("stop the window together with a pause until both are gone", () => {
    const deciding = SITUATIONS["that asks about a decline on the merchant's side"]();
    const stopped = deciding.recovery.windowStoppedAt;
    expect(stopped).not.toBeNull();
    deciding.command(PAUSE);
    deciding.now += HOUR_MS;
    deciding.command(RESUME);
    expect(deciding.recovery).toMatchObject({ paused: null, windowStoppedAt: stopped });
    const before = deciding.recovery.windowEndsAt ?? 0;
    deciding.command(RESUME);
    expect(deciding.recovery).toMatchObject({ attention: [], windowStoppedAt: null });
    expect(deciding.recovery.windowEndsAt).toBe(before + deciding.now - (stopped ?? 0));
  });

  test("stay open, and the window stopped, when another question resolves itself", () => {
    const causes = (): string[] => deciding.recovery.attention.map(({ cause }) => cause);
    const attempt: Payment = {
      ...FAILED,
      paymentId: id("pay_2"),
      attemptKey: "pay_1.2" as never,
    };
    const deciding = opened();
    deciding.charge();
    deciding.charged({ kind: "accepted", paymentId: attempt.paymentId, adopted: false });
    deciding.followUntilAsked([FAILED, { ...attempt, status: "processing", declineCode: null }]);
    deciding.tell(paymentReported({ ...FAILED, paymentId: id("pay_3"), totalMinor: 700 }));
    expect(causes()).toEqual(["outcome_deadline", "second_debt"]);
    const { windowStoppedAt } = deciding.recovery;
    deciding.tell(paymentReported(attempt));
    expect(causes()).toEqual(["second_debt"]);
    expect(deciding.recovery.alertsSent).toEqual([{ cause: "second_debt", debtId: "pay_3" }]);
    expect(windowStoppedAt).not.toBeNull();
    expect(deciding.recovery.windowStoppedAt).toBe(windowStoppedAt);
  });

  test("are limited to the latest ten", () => {
    const deciding = opened();
    for (let number = 2; number <= 14; number += 1) {
      deciding.tell(
        paymentReported({ ...FAILED, paymentId: id(`pay_${number}`), totalMinor: 100 * number }),
      );
    }
    expect(deciding.recovery.attention).toHaveLength(10);
    expect(deciding.recovery.attention.at(-1)).toMatchObject({ debtId: "pay_14" });
  });
});
