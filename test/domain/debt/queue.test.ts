import { describe, expect, test } from "vitest";
import { chargeRequested, paymentReported } from "../../../dev/model/events.ts";
import type { Policy } from "../../../domain/policy.ts";
import { describeAlert } from "../../../domain/state/alert.ts";
import type { Command } from "../../../domain/state/command.ts";
import type { Payment } from "../../../domain/state/payment.ts";
import { Deciding, failedPayment as failed } from "../../support/domain/recovery-driver.ts";
import { PAUSE, RESUME, WRITE_OFF } from "../../support/domain/operator-commands.ts";
import { DAY_0, MINUTE_MS } from "../../support/domain/scenario.ts";

const resume = (newDebt: boolean): Command => ({ ...RESUME, newDebt }) as Command;

const success = (number: number, given: Partial<Payment> = {}): Payment =>
  failed(number, { status: "succeeded", declineCode: null, ...given });

function opened(policy: Partial<Policy> = {}, ...payments: Payment[]): Deciding {
  const deciding = new Deciding(policy);
  deciding.open([failed(1), ...payments]);
  return deciding;
}

/** The queued debts; `?` marks one that awaits an answer. */
const queue = ({ recovery }: Deciding): string[] =>
  recovery.queue.map(
    ({ debt, awaitsAnswer }) => `${debt.id.slice(0, 8)}${awaitsAnswer ? "?" : ""}`,
  );
const questions = ({ recovery }: Deciding): string[] =>
  recovery.attention.map((question) => `${question.cause} ${describeAlert(question)}`);

describe("a failure that may be another debt", () => {
  /** Two failures that the operator is asked about, and between them a requested charge. */
  function withQuestions(): Deciding {
    const deciding = opened();
    deciding.tell(paymentReported(failed(2)));
    deciding.tell(chargeRequested(DAY_0 - 7.5 * MINUTE_MS));
    deciding.read([failed(1), failed(2)]);
    deciding.tell(paymentReported(failed(3)));
    return deciding;
  }

  test("raises a question of its own", () => {
    const deciding = withQuestions();
    expect(queue(deciding)).toEqual(["pay_2?", "charge-a", "pay_3?"]);
    expect(questions(deciding)).toEqual(["second_debt pay_2", "second_debt pay_3"]);
  });

  test("stays queued by its age when the operator answers that it is a separate debt", () => {
    const deciding = withQuestions();
    deciding.command(resume(true));
    expect(queue(deciding)).toEqual(["pay_2", "charge-a", "pay_3"]);
    expect(questions(deciding)).toEqual([]);
  });

  test("leaves the queue when the operator answers that it was a retry", () => {
    const deciding = withQuestions();
    deciding.command(resume(false));
    expect(queue(deciding)).toEqual(["charge-a"]);
    expect(deciding.recovery.handledPayments).toEqual(expect.arrayContaining(["pay_2", "pay_3"]));
    deciding.tell(paymentReported(failed(2)));
    expect(queue(deciding)).toEqual(["charge-a"]);
  });

  test("raises its question only when it becomes current if the debt before it is ending", () => {
    const deciding = opened();
    deciding.charge();
    deciding.command(WRITE_OFF);
    deciding.tell(paymentReported(failed(2)));
    expect(questions(deciding)).toEqual([]);
    deciding.charged({ kind: "not_attempted", why: "withdrawn", detail: "taken back" });
    expect(deciding.recovery.debt?.id).toBe("pay_2");
    expect(questions(deciding)).toEqual(["second_debt pay_2"]);
  });

  test.each<[string, Payment, string[]]>([
    ["has an amount of zero", failed(2, { totalMinor: 0 }), ["pay_2"]],
    ["only changes the payment method", failed(2, { isMethodUpdate: true }), ["pay_2"]],
    ["is an abandoned payment page", failed(2, { status: "requires_payment_method" }), []],
    ["has an attempt key", failed(2, { attemptKey: "pay_9.2" as never }), []],
  ])("is no debt when it %s", (_, payment, handledPayments) => {
    const deciding = opened();
    deciding.tell(paymentReported(payment));
    expect(queue(deciding)).toEqual([]);
    expect(questions(deciding)).toEqual([]);
    expect(deciding.recovery.handledPayments).toEqual(handledPayments);
  });
});

describe("a success while debts are queued", () => {
  const NEW_DEBT = { foreignCharges: "new_debt" } as const;

  function withSuccess(payment: Payment): Deciding {
    const deciding = opened(NEW_DEBT, failed(2), failed(3));
    deciding.tell(paymentReported(payment));
    deciding.read([failed(1), ...[failed(2), failed(3), payment].slice(-3)]);
    return deciding;
  }

  test("on the page of a queued debt ends that debt, paid by the customer", () => {
    const deciding = withSuccess(success(2));
    expect(deciding.recovery.ended).toMatchObject([
      {
        debtId: "pay_2",
        outcome: "recovered",
        by: "customer",
        paymentId: "pay_2",
        reason: "paid by pay_2 while it was queued",
      },
    ]);
    expect(queue(deciding)).toEqual(["pay_3"]);
  });

  test("of an amount of zero pays no debt", () => {
    const deciding = withSuccess(success(2, { totalMinor: 0 }));
    expect(deciding.recovery.ended).toEqual([]);
    expect(queue(deciding)).toEqual(["pay_2", "pay_3"]);
  });

  test("that collects a different amount marks every queued debt as possibly paid", () => {
    const deciding = opened(NEW_DEBT, failed(2), failed(3));
    const dues = success(9, { isMethodUpdate: true, totalMinor: 6_000, createdAt: deciding.now });
    const decision = deciding.tell(paymentReported(dues));
    expect(decision.reason).toContain("pay_9 collected a different amount than the current debt's");
    expect(deciding.recovery.settlement).toMatchObject({ paymentId: "pay_9" });
    expect(deciding.recovery.queue).toMatchObject([
      { possiblyPaidBy: "pay_9" },
      { possiblyPaidBy: "pay_9" },
    ]);
  });

  test("that collects exactly the current debt leaves the queued debts as they are", () => {
    const deciding = opened(NEW_DEBT, failed(2));
    const dues = success(9, { isMethodUpdate: true, totalMinor: 1_000, createdAt: deciding.now });
    deciding.tell(paymentReported(dues));
    expect(deciding.recovery.queue).toMatchObject([{ possiblyPaidBy: null }]);
  });
});

describe("with a debt_key", () => {
  const BY_KEY = { debtKey: "invoice_id", foreignCharges: "ask" } as const;
  const keyed = (number: number, debtKey: string, given: Partial<Payment> = {}): Payment =>
    failed(number, { debtKey, ...given });

  function threeInvoices(): Deciding {
    const deciding = new Deciding(BY_KEY);
    deciding.open([keyed(1, "in_1"), keyed(2, "in_2"), keyed(3, "in_3")]);
    return deciding;
  }

  test("a retry of a queued debt is not a debt of its own", () => {
    const deciding = threeInvoices();
    const again = keyed(4, "in_3");
    deciding.tell(paymentReported(again));
    expect(queue(deciding)).toEqual(["pay_2", "pay_3"]);
    expect(deciding.recovery.handledPayments).toContain("pay_4");
    expect(deciding.decisions.at(-1)?.reason).toContain("pay_4 is a retry of pay_3");
  });

  test("a success with the key of a queued debt ends that debt, paid by the merchant", () => {
    const deciding = threeInvoices();
    const paid = keyed(4, "in_3", { status: "succeeded", declineCode: null });
    deciding.tell(paymentReported(paid));
    deciding.read([keyed(1, "in_1"), keyed(2, "in_2"), keyed(3, "in_3"), paid]);
    expect(deciding.recovery.ended).toMatchObject([{ debtId: "pay_3", by: "merchant" }]);
    expect(queue(deciding)).toEqual(["pay_2"]);
  });

  test("the retries of a queued debt that an opening finds are handled", () => {
    const deciding = new Deciding(BY_KEY);
    deciding.open([keyed(1, "in_1"), keyed(2, "in_2"), keyed(3, "in_2")]);
    expect(queue(deciding)).toEqual(["pay_2"]);
    expect(deciding.recovery.handledPayments).toContain("pay_3");
  });
});

describe("the next debt", () => {
  test("becomes current with a read and a window of its own", () => {
    const deciding = opened({ foreignCharges: "new_debt" }, failed(2));
    const decision = deciding.command(WRITE_OFF);
    expect(decision.reason).toContain(
      "the next debt is current: USD 20.00, owed since pay_2 failed",
    );
    expect(decision.effects.some(({ kind }) => kind === "read")).toBe(true);
    expect(deciding.recovery).toMatchObject({ windowStoppedAt: null, activatedAt: deciding.now });
  });

  test("starts with a stopped window when the recovery is paused", () => {
    const deciding = opened({ foreignCharges: "new_debt" }, failed(2));
    deciding.command(PAUSE);
    deciding.command(WRITE_OFF);
    expect(deciding.recovery).toMatchObject({
      debt: { id: "pay_2" },
      windowStoppedAt: deciding.now,
    });
  });

  test("is chosen in a fixed order when several failed at the same moment", () => {
    const at = { createdAt: DAY_0 - MINUTE_MS };
    const deciding = new Deciding({ foreignCharges: "new_debt" });
    deciding.open([failed(1), failed(4, at), failed(3, at), failed(2, at)]);
    expect(queue(deciding)).toEqual(["pay_2", "pay_3", "pay_4"]);
  });
});
