import { describe, expect, test } from "vitest";
import { chargeRequested, paymentReported } from "../../../dev/model/events.ts";
import { paymentStatus } from "../../../dodo/statuses.ts";
import type { Policy } from "../../../domain/policy.ts";
import { describeAlert } from "../../../domain/state/alert.ts";
import type { Command } from "../../../domain/state/command.ts";
import type { Payment } from "../../../domain/state/payment.ts";
import { PAUSE, RESUME, WRITE_OFF } from "../../support/domain/operator-commands.ts";
import { failedPayment as failed, RecoveryDriver } from "../../support/domain/recovery-driver.ts";
import { DAY_0, MINUTE_MS } from "../../support/domain/scenario.ts";

const resume = (newDebt: boolean): Command => ({ ...RESUME, newDebt }) as Command;

const success = (number: number, given: Partial<Payment> = {}): Payment =>
  failed(number, { ...paymentStatus("succeeded"), declineCode: null, ...given });

function opened(policy: Partial<Policy> = {}, ...payments: Payment[]): RecoveryDriver {
  const driver = new RecoveryDriver(policy);
  driver.open([failed(1), ...payments]);
  return driver;
}

/** The queued debts; `?` marks one that awaits an answer. */
const queue = ({ recovery }: RecoveryDriver): string[] =>
  recovery.queue.map(
    ({ debt, awaitsAnswer }) => `${debt.id.slice(0, 8)}${awaitsAnswer ? "?" : ""}`,
  );
const questions = ({ recovery }: RecoveryDriver): string[] =>
  recovery.attention.map((question) => `${question.cause} ${describeAlert(question)}`);

describe("a failure that may be another debt", () => {
  /** Two failures that the operator is asked about, and between them a requested charge. */
  function withQuestions(): RecoveryDriver {
    const driver = opened();
    driver.receive(paymentReported(failed(2)));
    driver.receive(chargeRequested(DAY_0 - 7.5 * MINUTE_MS));
    driver.finishRead([failed(1), failed(2)]);
    driver.receive(paymentReported(failed(3)));
    return driver;
  }

  test("raises a question of its own", () => {
    const driver = withQuestions();
    expect(queue(driver)).toEqual(["pay_2?", "charge-a", "pay_3?"]);
    expect(questions(driver)).toEqual(["second_debt pay_2", "second_debt pay_3"]);
  });

  test("stays queued by its age when the operator answers that it is a separate debt", () => {
    const driver = withQuestions();
    driver.command(resume(true));
    expect(queue(driver)).toEqual(["pay_2", "charge-a", "pay_3"]);
    expect(questions(driver)).toEqual([]);
  });

  test("leaves the queue when the operator answers that it was a retry", () => {
    const driver = withQuestions();
    driver.command(resume(false));
    expect(queue(driver)).toEqual(["charge-a"]);
    expect(driver.recovery.handledPayments).toEqual(expect.arrayContaining(["pay_2", "pay_3"]));
    driver.receive(paymentReported(failed(2)));
    expect(queue(driver)).toEqual(["charge-a"]);
  });

  test("raises its question only when it becomes current if the debt before it is ending", () => {
    const driver = opened();
    driver.advanceToCharge();
    driver.command(WRITE_OFF);
    driver.receive(paymentReported(failed(2)));
    expect(questions(driver)).toEqual([]);
    driver.finishCharge({ kind: "not_attempted", why: "withdrawn", detail: "taken back" });
    expect(driver.recovery.debt?.id).toBe("pay_2");
    expect(questions(driver)).toEqual(["second_debt pay_2"]);
  });

  test.each<[string, Payment, string[]]>([
    ["has an amount of zero", failed(2, { totalMinor: 0 }), ["pay_2"]],
    ["only changes the payment method", failed(2, { isMethodUpdate: true }), ["pay_2"]],
    ["is an abandoned payment page", failed(2, paymentStatus("requires_payment_method")), []],
    ["has an attempt key", failed(2, { attemptKey: "pay_9.2" as never }), []],
  ])("is no debt when it %s", (_, payment, handledPayments) => {
    const driver = opened();
    driver.receive(paymentReported(payment));
    expect(queue(driver)).toEqual([]);
    expect(questions(driver)).toEqual([]);
    expect(driver.recovery.handledPayments).toEqual(handledPayments);
  });
});

describe("a success while debts are queued", () => {
  const NEW_DEBT = { foreignCharges: "new_debt" } as const;

  function withSuccess(payment: Payment): RecoveryDriver {
    const driver = opened(NEW_DEBT, failed(2), failed(3));
    driver.receive(paymentReported(payment));
    driver.finishRead([failed(1), ...[failed(2), failed(3), payment].slice(-3)]);
    return driver;
  }

  test("on the page of a queued debt ends that debt, paid by the customer", () => {
    const driver = withSuccess(success(2));
    expect(driver.recovery.ended).toMatchObject([
      {
        debtId: "pay_2",
        outcome: "recovered",
        by: "customer",
        paymentId: "pay_2",
        reason: "paid by pay_2 while it was queued",
      },
    ]);
    expect(queue(driver)).toEqual(["pay_3"]);
  });

  test("of an amount of zero pays no debt", () => {
    const driver = withSuccess(success(2, { totalMinor: 0 }));
    expect(driver.recovery.ended).toEqual([]);
    expect(queue(driver)).toEqual(["pay_2", "pay_3"]);
  });

  test("that collects a different amount marks every queued debt as possibly paid", () => {
    const driver = opened(NEW_DEBT, failed(2), failed(3));
    const dues = success(9, { isMethodUpdate: true, totalMinor: 6_000, createdAt: driver.now });
    const decision = driver.receive(paymentReported(dues));
    expect(decision.reason).toContain("pay_9 collected a different amount than the current debt's");
    expect(driver.recovery.settlement).toMatchObject({ paymentId: "pay_9" });
    expect(driver.recovery.queue).toMatchObject([
      { possiblyPaidBy: "pay_9" },
      { possiblyPaidBy: "pay_9" },
    ]);
  });

  test("that collects exactly the current debt leaves the queued debts as they are", () => {
    const driver = opened(NEW_DEBT, failed(2));
    const dues = success(9, { isMethodUpdate: true, totalMinor: 1_000, createdAt: driver.now });
    driver.receive(paymentReported(dues));
    expect(driver.recovery.queue).toMatchObject([{ possiblyPaidBy: null }]);
  });
});

describe("with a debt_key", () => {
  const BY_KEY = { debtKey: "invoice_id", foreignCharges: "ask" } as const;
  const keyed = (number: number, debtKey: string, given: Partial<Payment> = {}): Payment =>
    failed(number, { debtKey, ...given });

  function threeInvoices(): RecoveryDriver {
    const driver = new RecoveryDriver(BY_KEY);
    driver.open([keyed(1, "in_1"), keyed(2, "in_2"), keyed(3, "in_3")]);
    return driver;
  }

  test("a retry of a queued debt is not a debt of its own", () => {
    const driver = threeInvoices();
    const again = keyed(4, "in_3");
    driver.receive(paymentReported(again));
    expect(queue(driver)).toEqual(["pay_2", "pay_3"]);
    expect(driver.recovery.handledPayments).toContain("pay_4");
    expect(driver.decisions.at(-1)?.reason).toContain("pay_4 is a retry of pay_3");
  });

  test("a success with the key of a queued debt ends that debt, paid by the merchant", () => {
    const driver = threeInvoices();
    const paid = keyed(4, "in_3", { ...paymentStatus("succeeded"), declineCode: null });
    driver.receive(paymentReported(paid));
    driver.finishRead([keyed(1, "in_1"), keyed(2, "in_2"), keyed(3, "in_3"), paid]);
    expect(driver.recovery.ended).toMatchObject([{ debtId: "pay_3", by: "merchant" }]);
    expect(queue(driver)).toEqual(["pay_2"]);
  });

  test("the retries of a queued debt that an opening finds are handled", () => {
    const driver = new RecoveryDriver(BY_KEY);
    driver.open([keyed(1, "in_1"), keyed(2, "in_2"), keyed(3, "in_2")]);
    expect(queue(driver)).toEqual(["pay_2"]);
    expect(driver.recovery.handledPayments).toContain("pay_3");
  });
});

describe("the next debt", () => {
  test("becomes current with a read and a window of its own", () => {
    const driver = opened({ foreignCharges: "new_debt" }, failed(2));
    const decision = driver.command(WRITE_OFF);
    expect(decision.reason).toContain(
      "the next debt is current: USD 20.00, owed since pay_2 failed",
    );
    expect(decision.effects.some(({ kind }) => kind === "read")).toBe(true);
    expect(driver.recovery).toMatchObject({ windowStoppedAt: null, activatedAt: driver.now });
  });

  test("starts with a stopped window when the recovery is paused", () => {
    const driver = opened({ foreignCharges: "new_debt" }, failed(2));
    driver.command(PAUSE);
    driver.command(WRITE_OFF);
    expect(driver.recovery).toMatchObject({
      debt: { id: "pay_2" },
      windowStoppedAt: driver.now,
    });
  });

  test("is chosen in a fixed order when several failed at the same moment", () => {
    const at = { createdAt: DAY_0 - MINUTE_MS };
    const driver = new RecoveryDriver({ foreignCharges: "new_debt" });
    driver.open([failed(1), failed(4, at), failed(3, at), failed(2, at)]);
    expect(queue(driver)).toEqual(["pay_2", "pay_3", "pay_4"]);
  });
});
