import { describe, expect, test } from "vitest";
import {
  foreignPayment,
  paymentReported,
  subscriptionReported,
} from "../../../dev/model/events.ts";
import { DEFAULT_POLICY } from "../../../domain/policy.ts";
import { describeAlert } from "../../../domain/state/alert.ts";
import type { Command } from "../../../domain/state/command.ts";
import type { PaymentLinkOutcome } from "../../../domain/state/event.ts";
import type { Payment, Subscription } from "../../../domain/state/payment.ts";
import { describeInstant } from "../../../domain/values/time.ts";
import { Deciding } from "../../support/domain/recovery-driver.ts";
import { paymentIdOf as id } from "../../support/domain/ids.ts";
import { WRITE_OFF } from "../../support/domain/operator-commands.ts";
import { DAY_0, DAY_MS, SECOND_MS } from "../../support/domain/scenario.ts";

const FAILED = foreignPayment(DAY_0, { paymentId: id("pay_1"), declineCode: "EXPIRED_CARD" });
const BUTTON: Command = { action: "create_payment_link", debtId: null };

/** A page of Dodo's, with a payment of its own or without. */
const page = (paymentId: Payment["paymentId"] | null): PaymentLinkOutcome => ({
  kind: "made",
  url: "https://checkout.example/1",
  paymentId,
  expiresAt: DAY_0 + DAY_MS,
});

/** A debt that only the customer can pay, for which the button was pressed. */
function pressed(subscription: Partial<Subscription> = {}): Deciding {
  const deciding = new Deciding();
  deciding.open([FAILED], subscription);
  deciding.command(BUTTON);
  return deciding;
}

/** The answers of a decision, each of what it says. */
const replies = ({ effects }: ReturnType<Deciding["tell"]>): unknown[] =>
  effects.flatMap((effect) => (effect.kind === "reply" ? [effect.reply] : []));

describe("who waits for a page is answered", () => {
  test("with it, once it is made", () => {
    const deciding = pressed();
    deciding.command(BUTTON);
    const made = { ok: true, url: "https://checkout.example/1", expiresAt: DAY_0 + DAY_MS };
    expect(replies(deciding.page(page(id("pay_2"))))).toEqual([made, made]);
    expect(replies(deciding.command(BUTTON))).toEqual([made]);
  });

  test("that nothing is owed any more, where it was written off meanwhile", () => {
    const deciding = pressed();
    const decision = deciding.command(WRITE_OFF);
    expect(deciding.recovery.debt).toBeNull();
    expect(replies(decision)).toContainEqual({
      ok: false,
      code: "nothing_owed",
      reason: "written off by anna",
    });
    expect(deciding.page(page(id("pay_2"))).reason).toContain("nobody waits for the page");
    expect(deciding.recovery.paymentLink).toBeNull();
  });

  test("that nothing is owed any more, where it was paid meanwhile", () => {
    const deciding = pressed();
    const paid = { ...FAILED, status: "succeeded", declineCode: null };
    expect(replies(deciding.tell(paymentReported(paid)))).toEqual([
      { ok: false, code: "nothing_owed", reason: "the debt is paid" },
    ]);
  });

  test.each<[PaymentLinkOutcome, string, string[]]>([
    [{ kind: "refused", code: "NOPE", httpStatus: 422 }, "refused: NOPE", ["refused_request"]],
    [{ kind: "refused", code: "NOPE", httpStatus: 401 }, "refused: NOPE", []],
    [{ kind: "refused", code: "NOPE", httpStatus: 403 }, "refused: NOPE", []],
    [{ kind: "unknown", detail: "no answer" }, "no answer", []],
    [{ kind: "not_made", why: "paid" }, "nothing to pay: paid", []],
  ])("not now, after %o", (outcome, reason, told) => {
    const deciding = pressed();
    const decision = deciding.page(outcome);
    expect(replies(decision)).toEqual([
      { ok: false, code: "not_now", reason: "Dodo could not make the page" },
    ]);
    expect(decision.rule).toBe("payment_link.not_created");
    expect(decision.reason).toContain(reason);
    expect(deciding.recovery.paymentLink).toBeNull();
    expect(
      decision.effects.flatMap((one) => (one.kind === "notify_operator" ? [one.alert.cause] : [])),
    ).toEqual(told);
  });

  test("not now, where twenty wait already", () => {
    const deciding = pressed();
    for (let waiting = 1; waiting < 20; waiting += 1) {
      expect(replies(deciding.command(BUTTON))).toEqual([]);
    }
    expect(replies(deciding.command(BUTTON))).toEqual([
      { ok: false, code: "not_now", reason: "the page is being made" },
    ]);
    expect(replies(deciding.page(page(null)))).toHaveLength(20);
  });
});

describe("a new card", () => {
  const changed = subscriptionReported("subscription.update_payment_method", "active");
  const NEW_CARD = { status: "active", methodId: "pm_2" };

  test("ends a page that has no payment of its own, and is charged", () => {
    const deciding = pressed({ status: "active" });
    deciding.page(page(null));
    deciding.tell(changed);
    deciding.read([FAILED], NEW_CARD);
    expect(deciding.recovery).toMatchObject({
      paymentLink: null,
      followUp: null,
      plan: { trigger: "payment_method_update", number: 2 },
    });
  });

  test("leaves a page whose payment may still succeed", () => {
    const deciding = pressed({ status: "active" });
    deciding.page(page(id("pay_2")));
    deciding.tell(changed);
    deciding.read([FAILED], NEW_CARD);
    expect(deciding.recovery).toMatchObject({
      paymentLink: { phase: "open", paymentId: "pay_2" },
      plan: { trigger: "payment_method_update", number: 2 },
    });
  });

  test("leaves a page that is still being made, and who waits for it", () => {
    const deciding = pressed({ status: "active" });
    deciding.tell(changed);
    deciding.read([FAILED], NEW_CARD);
    expect(deciding.recovery.paymentLink).toMatchObject({ phase: "creating", waiting: ["c"] });
    expect(replies(deciding.page(page(null)))).toMatchObject([{ ok: true }]);
  });
});

describe("an end while the customer has a page", () => {
  const opened = foreignPayment(DAY_0, {
    paymentId: id("pay_2"),
    status: "requires_customer_action",
  });

  test("looks whether it is being used, and waits for its payment", () => {
    const deciding = pressed();
    deciding.page(page(id("pay_2")));
    const decision = deciding.command(WRITE_OFF);
    expect(decision.rule).toBe("closing.waits_for_charge");
    expect(decision.reason).toContain(
      "written off by anna; a look at the customer's page is awaited",
    );
    expect(decision.reason).not.toContain("nothing more is charged");
    deciding.read([FAILED, opened]);
    expect(deciding.recovery).toMatchObject({
      debt: { id: "pay_1" },
      paymentLink: { phase: "in_use" },
      closing: { outcome: "written_off" },
    });
    deciding.tell(paymentReported({ ...opened, status: "failed", declineCode: "EXPIRED_CARD" }));
    expect(deciding.recovery.ended).toMatchObject([{ debtId: "pay_1", outcome: "written_off" }]);
  });

  test("does not wait for a page that nobody has touched", () => {
    const deciding = pressed();
    deciding.page(page(id("pay_2")));
    deciding.command(WRITE_OFF);
    deciding.read([FAILED, { ...opened, status: "requires_payment_method" }]);
    expect(deciding.recovery.debt).toBeNull();
    expect(deciding.recovery.ended).toMatchObject([{ debtId: "pay_1", outcome: "written_off" }]);
  });

  test("the page's payment succeeds all the same: it is paid, by the customer's page", () => {
    const deciding = pressed();
    deciding.page(page(id("pay_2")));
    deciding.command(WRITE_OFF);
    deciding.read([FAILED, opened]);
    const decision = deciding.tell(paymentReported({ ...opened, status: "succeeded" }));
    expect(decision.rule).toBe("payment.settles");
    expect(deciding.recovery.settlement).toMatchObject({ by: "link", paymentId: "pay_2" });
  });
});

describe("a page of which nothing is heard", () => {
  const untouched = foreignPayment(DAY_0, {
    paymentId: id("pay_2"),
    status: "requires_payment_method",
    declineCode: null,
  });
  const touched = { ...untouched, status: "requires_customer_action" };

  function given(paymentId: Payment["paymentId"] | null, expiresAt: number | null): Deciding {
    const deciding = pressed();
    deciding.page({ ...page(paymentId), expiresAt } as PaymentLinkOutcome);
    return deciding;
  }

  /** Looks whenever it wants to, until then or until the page is over: what it said last. */
  function lookUntil(deciding: Deciding, ms: number, payments: readonly Payment[]): string {
    let said = "";
    while (deciding.recovery.paymentLink !== null && deciding.now < DAY_0 + ms) {
      const { effects } = deciding.wake();
      if (effects.some(({ kind }) => kind === "read")) said = deciding.read(payments).reason;
    }
    return said;
  }

  test("is looked at until its time is, and is over right after that", () => {
    const deciding = given(id("pay_2"), DAY_0 + DAY_MS);
    const reason = lookUntil(deciding, 2 * DAY_MS, [FAILED, untouched]);
    expect(reason).toContain("the page expired unused");
    expect(deciding.recovery).toMatchObject({ paymentLink: null, followUp: null });
    expect(deciding.now - DAY_0).toBeGreaterThan(DAY_MS);
    expect(deciding.now - DAY_0).toBeLessThan(DAY_MS + 10 * SECOND_MS);
    expect(deciding.recovery.handledPayments).toContain("pay_2");
  });

  test("says until when the customer can pay", () => {
    const deciding = given(id("pay_2"), DAY_0 + DAY_MS);
    deciding.wake();
    expect(deciding.read([FAILED, untouched]).reason).toContain(
      `the customer can pay until ${describeInstant(DAY_0 + DAY_MS)}`,
    );
    const withoutEnd = given(null, null);
    withoutEnd.wake();
    expect(withoutEnd.read([FAILED]).reason).toContain("can pay until its payment ends");
  });

  test("is not over while its payment is under way", () => {
    const deciding = given(id("pay_2"), DAY_0 + DAY_MS);
    lookUntil(deciding, 2 * DAY_MS, [FAILED, touched]);
    expect(deciding.recovery.paymentLink).toMatchObject({ phase: "in_use" });
    expect(deciding.recovery.followUp).toMatchObject({ reason: "payment_link" });
  });

  test.each([
    ["pay_2", id("pay_2")],
    ["the customer's payment page", null],
  ])("asks a person once it has been open for too long: %s", (detail, paymentId) => {
    const deciding = given(paymentId, null);
    lookUntil(deciding, DEFAULT_POLICY.retry.outcomeDeadlineMs - DAY_MS, [FAILED, touched]);
    expect(deciding.recovery.attention).toEqual([]);
    lookUntil(deciding, DEFAULT_POLICY.retry.outcomeDeadlineMs + DAY_MS, [FAILED, touched]);
    const [question] = deciding.recovery.attention;
    expect(question).toMatchObject({ cause: "outcome_deadline", paymentId });
    expect(question === undefined ? null : describeAlert(question)).toBe(detail);
  });

  test("needs no person any more once its payment is declined, and says with what", () => {
    const deciding = given(id("pay_2"), null);
    lookUntil(deciding, DEFAULT_POLICY.retry.outcomeDeadlineMs + DAY_MS, [FAILED, touched]);
    const decision = deciding.tell(paymentReported({ ...touched, status: "failed" }));
    expect(decision.reason).toContain("pay_2 was declined: no code");
    expect(deciding.recovery).toMatchObject({ paymentLink: null, attention: [] });
  });
});

describe("a payment on the customer's page", () => {
  const paid = foreignPayment(DAY_0, {
    paymentId: id("pay_2"),
    status: "succeeded",
    declineCode: null,
    totalMinor: 900,
  });

  function given(status: string): Deciding {
    const deciding = pressed({ status });
    deciding.page(page(id("pay_2")));
    return deciding;
  }

  test("that succeeds while the subscription is held is the dues, whatever it asked for", () => {
    const deciding = given("on_hold");
    const decision = deciding.tell(paymentReported(paid));
    expect(decision.rule).toBe("payment.settles");
    expect(deciding.recovery.settlement).toMatchObject({ by: "link", paymentId: "pay_2" });
  });

  test("of nothing is a set-up: the page is over, and the debt is owed", () => {
    for (const status of ["on_hold", "active"]) {
      const deciding = given(status);
      const { reason } = deciding.tell(paymentReported({ ...paid, totalMinor: 0 }));
      expect(reason).toContain("the customer finished the page (pay_2)");
      expect(deciding.recovery).toMatchObject({
        paymentLink: null,
        settlement: null,
        attention: [],
      });
    }
  });

  test("that succeeds where nothing was held is put to a person", () => {
    const deciding = given("active");
    deciding.tell(paymentReported(paid));
    expect(deciding.recovery).toMatchObject({
      paymentLink: null,
      settlement: null,
      attention: [{ cause: "unattributed_success", paymentId: "pay_2" }],
    });
  });

  test("that waits for a card leaves the page as it is", () => {
    const deciding = given("on_hold");
    deciding.tell(paymentReported({ ...paid, status: "requires_payment_method" }));
    expect(deciding.recovery.paymentLink).toMatchObject({ phase: "open" });
  });
});
