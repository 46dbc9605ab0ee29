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

const waits = ({ recovery }: Deciding): string[] =>
  recovery.queue.map(
    ({ debt, awaitsAnswer }) => `${debt.id.slice(0, 8)}${awaitsAnswer ? "?" : ""}`,
  );
const questions = ({ recovery }: Deciding): string[] =>
  recovery.attention.map((question) => `${question.cause} ${describeAlert(question)}`);

describe("a failure that may be another debt", () => {
  /** Two failures of which a person is asked, and between them a charge that was asked of us. */
  function asked(): Deciding {
    const deciding = opened();
    deciding.tell(paymentReported(failed(2)));
    deciding.tell(chargeRequested(DAY_0 - 7.5 * MINUTE_MS));
    deciding.read([failed(1), failed(2)]);
    deciding.tell(paymentReported(failed(3)));
    return deciding;
  }

  test("is asked about, each by its name", () => {
    const deciding = asked();
    expect(waits(deciding)).toEqual(["pay_2?", "charge-a", "pay_3?"]);
    expect(questions(deciding)).toEqual(["second_debt pay_2", "second_debt pay_3"]);
  });

  test("is worked in the order of the failures, once a person says that it is one", () => {
    const deciding = asked();
    deciding.command(resume(true));
    expect(waits(deciding)).toEqual(["pay_2", "charge-a", "pay_3"]);
    expect(questions(deciding)).toEqual([]);
  });

  test("is forgotten once a person says that it was another try, and what else waits stays", () => {
    const deciding = asked();
    deciding.command(resume(false));
    expect(waits(deciding)).toEqual(["charge-a"]);
    expect(deciding.recovery.handledPayments).toEqual(expect.arrayContaining(["pay_2", "pay_3"]));
    deciding.tell(paymentReported(failed(2)));
    expect(waits(deciding)).toEqual(["charge-a"]);
  });

  test("is not asked about while the debt ends anyway: it is when its turn comes", () => {
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
    ["asks for nothing", failed(2, { totalMinor: 0 }), ["pay_2"]],
    ["changes the card", failed(2, { isMethodUpdate: true }), ["pay_2"]],
    ["was left on its page", failed(2, { status: "requires_payment_method" }), []],
    ["carries an attempt's key", failed(2, { attemptKey: "pay_9.2" as never }), []],
  ])("is none where it %s", (_, payment, handledPayments) => {
    const deciding = opened();
    deciding.tell(paymentReported(payment));
    expect(waits(deciding)).toEqual([]);
    expect(questions(deciding)).toEqual([]);
    expect(deciding.recovery.handledPayments).toEqual(handledPayments);
  });
});

describe("a success while debts wait", () => {
  const NEW_DEBT = { foreignCharges: "new_debt" } as const;

  function told(payment: Payment): Deciding {
    const deciding = opened(NEW_DEBT, failed(2), failed(3));
    deciding.tell(paymentReported(payment));
    deciding.read([failed(1), ...[failed(2), failed(3), payment].slice(-3)]);
    return deciding;
  }

  test("of one of them ends that one, by the customer", () => {
    const deciding = told(success(2));
    expect(deciding.recovery.ended).toMatchObject([
      {
        debtId: "pay_2",
        outcome: "recovered",
        by: "customer",
        paymentId: "pay_2",
        reason: "paid by pay_2 before its turn came",
      },
    ]);
    expect(waits(deciding)).toEqual(["pay_3"]);
  });

  test("of nothing pays none", () => {
    const deciding = told(success(2, { totalMinor: 0 }));
    expect(deciding.recovery.ended).toEqual([]);
    expect(waits(deciding)).toEqual(["pay_2", "pay_3"]);
  });

  test("by which Dodo collected another amount puts each of the others to a person", () => {
    const deciding = opened(NEW_DEBT, failed(2), failed(3));
    const dues = success(9, { isMethodUpdate: true, totalMinor: 6_000, createdAt: deciding.now });
    const decision = deciding.tell(paymentReported(dues));
    expect(decision.reason).toContain("pay_9 collected another amount than this debt's");
    expect(deciding.recovery.settlement).toMatchObject({ paymentId: "pay_9" });
    expect(deciding.recovery.queue).toMatchObject([
      { possiblyPaidBy: "pay_9" },
      { possiblyPaidBy: "pay_9" },
    ]);
  });

  test("by which Dodo collected this very amount leaves the others to be worked", () => {
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

  function two(): Deciding {
    const deciding = new Deciding(BY_KEY);
    deciding.open([keyed(1, "in_1"), keyed(2, "in_2"), keyed(3, "in_3")]);
    return deciding;
  }

  test("another try of one that waits is no debt of its own", () => {
    const deciding = two();
    const again = keyed(4, "in_3");
    deciding.tell(paymentReported(again));
    expect(waits(deciding)).toEqual(["pay_2", "pay_3"]);
    expect(deciding.recovery.handledPayments).toContain("pay_4");
    expect(deciding.decisions.at(-1)?.reason).toContain("pay_4 is another try of pay_3");
  });

  test("a success with the key of one that waits ends that one, by the merchant", () => {
    const deciding = two();
    const paid = keyed(4, "in_3", { status: "succeeded", declineCode: null });
    deciding.tell(paymentReported(paid));
    deciding.read([keyed(1, "in_1"), keyed(2, "in_2"), keyed(3, "in_3"), paid]);
    expect(deciding.recovery.ended).toMatchObject([{ debtId: "pay_3", by: "merchant" }]);
    expect(waits(deciding)).toEqual(["pay_2"]);
  });

  test("the retries that an opening finds of one that waits are dealt with", () => {
    const deciding = new Deciding(BY_KEY);
    deciding.open([keyed(1, "in_1"), keyed(2, "in_2"), keyed(3, "in_2")]);
    expect(waits(deciding)).toEqual(["pay_2"]);
    expect(deciding.recovery.handledPayments).toContain("pay_3");
  });
});

describe("the next debt's turn", () => {
  test("begins with a look, and with its own window", () => {
    const deciding = opened({ foreignCharges: "new_debt" }, failed(2));
    const decision = deciding.command(WRITE_OFF);
    expect(decision.reason).toContain("USD 20.00, owed since pay_2 failed, is worked now");
    expect(decision.effects.some(({ kind }) => kind === "read")).toBe(true);
    expect(deciding.recovery).toMatchObject({ windowStoppedAt: null, activatedAt: deciding.now });
  });

  test("under a pause has its window stand still", () => {
    const deciding = opened({ foreignCharges: "new_debt" }, failed(2));
    deciding.command(PAUSE);
    deciding.command(WRITE_OFF);
    expect(deciding.recovery).toMatchObject({
      debt: { id: "pay_2" },
      windowStoppedAt: deciding.now,
    });
  });

  test("comes in a fixed order where two failed in the same moment", () => {
    const at = { createdAt: DAY_0 - MINUTE_MS };
    const deciding = new Deciding({ foreignCharges: "new_debt" });
    deciding.open([failed(1), failed(4, at), failed(3, at), failed(2, at)]);
    expect(waits(deciding)).toEqual(["pay_2", "pay_3", "pay_4"]);
  });
});
