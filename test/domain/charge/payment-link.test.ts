import { describe, expect, test } from "vitest";
import {
  paymentReported,
  subscriptionReported,
  unattributedPayment,
} from "../../../dev/model/events.ts";
import { refusalOf } from "../../../dodo/refusals.ts";
import { paymentStatus, subscriptionStatus } from "../../../dodo/statuses.ts";
import { DEFAULT_POLICY } from "../../../domain/policy.ts";
import { describeAlert } from "../../../domain/state/alert.ts";
import type { Command } from "../../../domain/state/command.ts";
import type { PaymentLinkOutcome } from "../../../domain/state/event.ts";
import type { Payment, Subscription } from "../../../domain/state/payment.ts";
import { describeInstant } from "../../../domain/values/time.ts";
import { paymentIdOf as id } from "../../support/domain/ids.ts";
import { WRITE_OFF } from "../../support/domain/operator-commands.ts";
import { RecoveryDriver } from "../../support/domain/recovery-driver.ts";
import { DAY_0, DAY_MS, SECOND_MS } from "../../support/domain/scenario.ts";

const FAILED = unattributedPayment(DAY_0, { paymentId: id("pay_1"), declineCode: "EXPIRED_CARD" });
const BUTTON: Command = { action: "create_payment_link", debtId: null };

/** Dodo's payment page, with its own payment or without one. */
const page = (paymentId: Payment["paymentId"] | null): PaymentLinkOutcome => ({
  kind: "made",
  url: "https://checkout.example/1",
  paymentId,
  expiresAt: DAY_0 + DAY_MS,
});

/** A debt that only the customer can pay, after the customer pressed the button. */
function pressed(subscription: Partial<Subscription> = {}): RecoveryDriver {
  const driver = new RecoveryDriver();
  driver.open([FAILED], subscription);
  driver.command(BUTTON);
  return driver;
}

/** The replies of a decision. */
const replies = ({ effects }: ReturnType<RecoveryDriver["receive"]>): unknown[] =>
  effects.flatMap((effect) => (effect.kind === "reply" ? [effect.reply] : []));

describe("the reply to the customer's button", () => {
  test("gives every waiting command the payment page once it is created", () => {
    const driver = pressed();
    driver.command(BUTTON);
    const made = { ok: true, url: "https://checkout.example/1", expiresAt: DAY_0 + DAY_MS };
    expect(replies(driver.finishPaymentLink(page(id("pay_2"))))).toEqual([made, made]);
    expect(replies(driver.command(BUTTON))).toEqual([made]);
  });

  test("says that nothing is owed if the debt is written off meanwhile", () => {
    const driver = pressed();
    const decision = driver.command(WRITE_OFF);
    expect(driver.recovery.debt).toBeNull();
    expect(replies(decision)).toContainEqual({
      ok: false,
      code: "nothing_owed",
      reason: "written off by anna",
    });
    expect(driver.finishPaymentLink(page(id("pay_2"))).reason).toContain(
      "no payment page was being created",
    );
    expect(driver.recovery.paymentLink).toBeNull();
  });

  test("says that nothing is owed if the debt is paid meanwhile", () => {
    const driver = pressed();
    const paid = { ...FAILED, ...paymentStatus("succeeded"), declineCode: null };
    expect(replies(driver.receive(paymentReported(paid)))).toEqual([
      { ok: false, code: "nothing_owed", reason: "the debt is paid" },
    ]);
  });

  test.each<[PaymentLinkOutcome, string, string[]]>([
    [refusalOf(422, "NOPE"), "Dodo refused to create the payment page: NOPE", ["refused_request"]],
    [refusalOf(401, "NOPE"), "Dodo refused to create the payment page: NOPE", []],
    [refusalOf(403, "NOPE"), "Dodo refused to create the payment page: NOPE", []],
    [{ kind: "unknown", detail: "no answer" }, "no answer", []],
    [{ kind: "not_made", why: "paid" }, "no payment page is needed: paid", []],
  ])("says not now after %o", (outcome, reason, causes) => {
    const driver = pressed();
    const decision = driver.finishPaymentLink(outcome);
    expect(replies(decision)).toEqual([
      { ok: false, code: "not_now", reason: "Dodo could not create the payment page" },
    ]);
    expect(decision.rule).toBe("payment_link.not_created");
    expect(decision.reason).toContain(reason);
    expect(driver.recovery.paymentLink).toBeNull();
    expect(
      decision.effects.flatMap((one) => (one.kind === "notify_operator" ? [one.alert.cause] : [])),
    ).toEqual(causes);
  });

  test("says not now to the twenty-first command that waits for the page", () => {
    const driver = pressed();
    for (let waiting = 1; waiting < 20; waiting += 1) {
      expect(replies(driver.command(BUTTON))).toEqual([]);
    }
    expect(replies(driver.command(BUTTON))).toEqual([
      { ok: false, code: "not_now", reason: "the payment page is being created" },
    ]);
    expect(replies(driver.finishPaymentLink(page(null)))).toHaveLength(20);
  });
});

describe("a new card while a payment page is open", () => {
  const changed = subscriptionReported("subscription.update_payment_method", "active");
  const NEW_CARD = { ...subscriptionStatus("active"), methodId: "pm_2" };

  test("closes a payment page without its own payment, and charges the new card", () => {
    const driver = pressed(subscriptionStatus("active"));
    driver.finishPaymentLink(page(null));
    driver.receive(changed);
    driver.finishRead([FAILED], NEW_CARD);
    expect(driver.recovery).toMatchObject({
      paymentLink: null,
      followUp: null,
      plan: { trigger: "payment_method_update", number: 2 },
    });
  });

  test("keeps a payment page whose own payment may still succeed", () => {
    const driver = pressed(subscriptionStatus("active"));
    driver.finishPaymentLink(page(id("pay_2")));
    driver.receive(changed);
    driver.finishRead([FAILED], NEW_CARD);
    expect(driver.recovery).toMatchObject({
      paymentLink: { phase: "open", paymentId: "pay_2" },
      plan: { trigger: "payment_method_update", number: 2 },
    });
  });

  test("keeps a payment page that is being created, and the commands that wait for it", () => {
    const driver = pressed(subscriptionStatus("active"));
    driver.receive(changed);
    driver.finishRead([FAILED], NEW_CARD);
    expect(driver.recovery.paymentLink).toMatchObject({ phase: "creating", waiting: ["c"] });
    expect(replies(driver.finishPaymentLink(page(null)))).toMatchObject([{ ok: true }]);
  });
});

describe("an end while the customer has a payment page", () => {
  const opened = unattributedPayment(DAY_0, {
    paymentId: id("pay_2"),
    ...paymentStatus("requires_customer_action"),
  });

  test("reads whether the page is in use, and waits for its payment", () => {
    const driver = pressed();
    driver.finishPaymentLink(page(id("pay_2")));
    const decision = driver.command(WRITE_OFF);
    expect(decision.rule).toBe("closing.waits_for_charge");
    expect(decision.reason).toContain(
      "written off by anna, but the read of the customer's payment page has to end first",
    );
    expect(decision.reason).not.toContain("nothing more is charged");
    driver.finishRead([FAILED, opened]);
    expect(driver.recovery).toMatchObject({
      debt: { id: "pay_1" },
      paymentLink: { phase: "in_use" },
      closing: { outcome: "written_off" },
    });
    driver.receive(
      paymentReported({ ...opened, ...paymentStatus("failed"), declineCode: "EXPIRED_CARD" }),
    );
    expect(driver.recovery.ended).toMatchObject([{ debtId: "pay_1", outcome: "written_off" }]);
  });

  test("does not wait for a page that the customer has not touched", () => {
    const driver = pressed();
    driver.finishPaymentLink(page(id("pay_2")));
    driver.command(WRITE_OFF);
    driver.finishRead([FAILED, { ...opened, ...paymentStatus("requires_payment_method") }]);
    expect(driver.recovery.debt).toBeNull();
    expect(driver.recovery.ended).toMatchObject([{ debtId: "pay_1", outcome: "written_off" }]);
  });

  test("counts a success on the page after a write-off as paid by link", () => {
    const driver = pressed();
    driver.finishPaymentLink(page(id("pay_2")));
    driver.command(WRITE_OFF);
    driver.finishRead([FAILED, opened]);
    const decision = driver.receive(paymentReported({ ...opened, ...paymentStatus("succeeded") }));
    expect(decision.rule).toBe("payment.settles");
    expect(driver.recovery.settlement).toMatchObject({ by: "link", paymentId: "pay_2" });
  });
});

describe("a payment page without webhooks", () => {
  const untouched = unattributedPayment(DAY_0, {
    paymentId: id("pay_2"),
    ...paymentStatus("requires_payment_method"),
    declineCode: null,
  });
  const touched = { ...untouched, ...paymentStatus("requires_customer_action") };

  function given(paymentId: Payment["paymentId"] | null, expiresAt: number | null): RecoveryDriver {
    const driver = pressed();
    driver.finishPaymentLink({ ...page(paymentId), expiresAt } as PaymentLinkOutcome);
    return driver;
  }

  /** Reads at every wake-up, until then or until the page closes. @returns the last reason */
  function readUntil(driver: RecoveryDriver, ms: number, payments: readonly Payment[]): string {
    let reason = "";
    while (driver.recovery.paymentLink !== null && driver.now < DAY_0 + ms) {
      const { effects } = driver.wake();
      if (effects.some(({ kind }) => kind === "read")) reason = driver.finishRead(payments).reason;
    }
    return reason;
  }

  test("closes right after the page has expired unused", () => {
    const driver = given(id("pay_2"), DAY_0 + DAY_MS);
    const reason = readUntil(driver, 2 * DAY_MS, [FAILED, untouched]);
    expect(reason).toContain("the payment page expired unused");
    expect(driver.recovery).toMatchObject({ paymentLink: null, followUp: null });
    expect(driver.now - DAY_0).toBeGreaterThan(DAY_MS);
    expect(driver.now - DAY_0).toBeLessThan(DAY_MS + 10 * SECOND_MS);
    expect(driver.recovery.handledPayments).toContain("pay_2");
  });

  test("says until when the payment page can be used", () => {
    const driver = given(id("pay_2"), DAY_0 + DAY_MS);
    driver.wake();
    expect(driver.finishRead([FAILED, untouched]).reason).toContain(
      `the payment page can be used until ${describeInstant(DAY_0 + DAY_MS)}`,
    );
    const withoutEnd = given(null, null);
    withoutEnd.wake();
    expect(withoutEnd.finishRead([FAILED]).reason).toContain("can be used until the payment ends");
  });

  test("stays open while its payment is under way", () => {
    const driver = given(id("pay_2"), DAY_0 + DAY_MS);
    readUntil(driver, 2 * DAY_MS, [FAILED, touched]);
    expect(driver.recovery.paymentLink).toMatchObject({ phase: "in_use" });
    expect(driver.recovery.followUp).toMatchObject({ reason: "payment_link" });
  });

  test.each([
    ["pay_2", id("pay_2")],
    ["the customer's payment page", null],
  ])("asks a person about a payment page past the deadline: %s", (detail, paymentId) => {
    const driver = given(paymentId, null);
    readUntil(driver, DEFAULT_POLICY.retry.outcomeDeadlineMs - DAY_MS, [FAILED, touched]);
    expect(driver.recovery.attention).toEqual([]);
    readUntil(driver, DEFAULT_POLICY.retry.outcomeDeadlineMs + DAY_MS, [FAILED, touched]);
    const [question] = driver.recovery.attention;
    expect(question).toMatchObject({ cause: "outcome_deadline", paymentId });
    expect(question === undefined ? null : describeAlert(question)).toBe(detail);
  });

  test("resolves the question once the page's payment is declined, and says with which code", () => {
    const driver = given(id("pay_2"), null);
    readUntil(driver, DEFAULT_POLICY.retry.outcomeDeadlineMs + DAY_MS, [FAILED, touched]);
    const decision = driver.receive(paymentReported({ ...touched, ...paymentStatus("failed") }));
    expect(decision.reason).toContain("pay_2 was declined: no code");
    expect(driver.recovery).toMatchObject({ paymentLink: null, attention: [] });
  });
});

describe("the payment of a payment page", () => {
  const paid = unattributedPayment(DAY_0, {
    paymentId: id("pay_2"),
    ...paymentStatus("succeeded"),
    declineCode: null,
    totalMinor: 900,
  });

  function given(status: string): RecoveryDriver {
    const driver = pressed(subscriptionStatus(status));
    driver.finishPaymentLink(page(id("pay_2")));
    return driver;
  }

  test("settles the debt while the subscription is on hold, whatever its amount", () => {
    const driver = given("on_hold");
    const decision = driver.receive(paymentReported(paid));
    expect(decision.rule).toBe("payment.settles");
    expect(driver.recovery.settlement).toMatchObject({ by: "link", paymentId: "pay_2" });
  });

  test("closes the page and leaves the debt open if it asked for nothing", () => {
    for (const status of ["on_hold", "active"]) {
      const driver = given(status);
      const { reason } = driver.receive(paymentReported({ ...paid, totalMinor: 0 }));
      expect(reason).toContain("the customer completed the payment page (pay_2)");
      expect(driver.recovery).toMatchObject({
        paymentLink: null,
        settlement: null,
        attention: [],
      });
    }
  });

  test("raises a question if it succeeds while the subscription is active", () => {
    const driver = given("active");
    driver.receive(paymentReported(paid));
    expect(driver.recovery).toMatchObject({
      paymentLink: null,
      settlement: null,
      attention: [{ cause: "unattributed_success", paymentId: "pay_2" }],
    });
  });

  test("leaves the page open while it waits for a card", () => {
    const driver = given("on_hold");
    driver.receive(paymentReported({ ...paid, ...paymentStatus("requires_payment_method") }));
    expect(driver.recovery.paymentLink).toMatchObject({ phase: "open" });
  });
});
