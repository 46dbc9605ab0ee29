import { describe, expect, test } from "vitest";
import {
  unattributedPayment,
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
function pressed(subscription: Partial<Subscription> = {}): Deciding {
  const deciding = new Deciding();
  deciding.open([FAILED], subscription);
  deciding.command(BUTTON);
  return deciding;
}

/** The replies of a decision. */
const replies = ({ effects }: ReturnType<Deciding["tell"]>): unknown[] =>
  effects.flatMap((effect) => (effect.kind === "reply" ? [effect.reply] : []));

describe("the reply to the customer's button", () => {
  test("gives every waiting command the payment page once it is created", () => {
    const deciding = pressed();
    deciding.command(BUTTON);
    const made = { ok: true, url: "https://checkout.example/1", expiresAt: DAY_0 + DAY_MS };
    expect(replies(deciding.page(page(id("pay_2"))))).toEqual([made, made]);
    expect(replies(deciding.command(BUTTON))).toEqual([made]);
  });

  test("says that nothing is owed if the debt is written off meanwhile", () => {
    const deciding = pressed();
    const decision = deciding.command(WRITE_OFF);
    expect(deciding.recovery.debt).toBeNull();
    expect(replies(decision)).toContainEqual({
      ok: false,
      code: "nothing_owed",
      reason: "written off by anna",
    });
    expect(deciding.page(page(id("pay_2"))).reason).toContain("no payment page was being created");
    expect(deciding.recovery.paymentLink).toBeNull();
  });

  test("says that nothing is owed if the debt is paid meanwhile", () => {
    const deciding = pressed();
    const paid = { ...FAILED, status: "succeeded", declineCode: null };
    expect(replies(deciding.tell(paymentReported(paid)))).toEqual([
      { ok: false, code: "nothing_owed", reason: "the debt is paid" },
    ]);
  });

  test.each<[PaymentLinkOutcome, string, string[]]>([
    [
      { kind: "refused", code: "NOPE", httpStatus: 422 },
      "Dodo refused to create the payment page: NOPE",
      ["refused_request"],
    ],
    [
      { kind: "refused", code: "NOPE", httpStatus: 401 },
      "Dodo refused to create the payment page: NOPE",
      [],
    ],
    [
      { kind: "refused", code: "NOPE", httpStatus: 403 },
      "Dodo refused to create the payment page: NOPE",
      [],
    ],
    [{ kind: "unknown", detail: "no answer" }, "no answer", []],
    [{ kind: "not_made", why: "paid" }, "no payment page is needed: paid", []],
  ])("says not now after %o", (outcome, reason, causes) => {
    const deciding = pressed();
    const decision = deciding.page(outcome);
    expect(replies(decision)).toEqual([
      { ok: false, code: "not_now", reason: "Dodo could not create the payment page" },
    ]);
    expect(decision.rule).toBe("payment_link.not_created");
    expect(decision.reason).toContain(reason);
    expect(deciding.recovery.paymentLink).toBeNull();
    expect(
      decision.effects.flatMap((one) => (one.kind === "notify_operator" ? [one.alert.cause] : [])),
    ).toEqual(causes);
  });

  test("says not now to the twenty-first command that waits for the page", () => {
    const deciding = pressed();
    for (let waiting = 1; waiting < 20; waiting += 1) {
      expect(replies(deciding.command(BUTTON))).toEqual([]);
    }
    expect(replies(deciding.command(BUTTON))).toEqual([
      { ok: false, code: "not_now", reason: "the payment page is being created" },
    ]);
    expect(replies(deciding.page(page(null)))).toHaveLength(20);
  });
});

describe("a new card while a payment page is open", () => {
  const changed = subscriptionReported("subscription.update_payment_method", "active");
  const NEW_CARD = { status: "active", methodId: "pm_2" };

  test("closes a payment page without its own payment, and charges the new card", () => {
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

  test("keeps a payment page whose own payment may still succeed", () => {
    const deciding = pressed({ status: "active" });
    deciding.page(page(id("pay_2")));
    deciding.tell(changed);
    deciding.read([FAILED], NEW_CARD);
    expect(deciding.recovery).toMatchObject({
      paymentLink: { phase: "open", paymentId: "pay_2" },
      plan: { trigger: "payment_method_update", number: 2 },
    });
  });

  test("keeps a payment page that is being created, and the commands that wait for it", () => {
    const deciding = pressed({ status: "active" });
    deciding.tell(changed);
    deciding.read([FAILED], NEW_CARD);
    expect(deciding.recovery.paymentLink).toMatchObject({ phase: "creating", waiting: ["c"] });
    expect(replies(deciding.page(page(null)))).toMatchObject([{ ok: true }]);
  });
});

describe("an end while the customer has a payment page", () => {
  const opened = unattributedPayment(DAY_0, {
    paymentId: id("pay_2"),
    status: "requires_customer_action",
  });

  test("reads whether the page is in use, and waits for its payment", () => {
    const deciding = pressed();
    deciding.page(page(id("pay_2")));
    const decision = deciding.command(WRITE_OFF);
    expect(decision.rule).toBe("closing.waits_for_charge");
    expect(decision.reason).toContain(
      "written off by anna, but the read of the customer's payment page has to end first",
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

  test("does not wait for a page that the customer has not touched", () => {
    const deciding = pressed();
    deciding.page(page(id("pay_2")));
    deciding.command(WRITE_OFF);
    deciding.read([FAILED, { ...opened, status: "requires_payment_method" }]);
    expect(deciding.recovery.debt).toBeNull();
    expect(deciding.recovery.ended).toMatchObject([{ debtId: "pay_1", outcome: "written_off" }]);
  });

  test("counts a success on the page after a write-off as paid by link", () => {
    const deciding = pressed();
    deciding.page(page(id("pay_2")));
    deciding.command(WRITE_OFF);
    deciding.read([FAILED, opened]);
    const decision = deciding.tell(paymentReported({ ...opened, status: "succeeded" }));
    expect(decision.rule).toBe("payment.settles");
    expect(deciding.recovery.settlement).toMatchObject({ by: "link", paymentId: "pay_2" });
  });
});

describe("a payment page without webhooks", () => {
  const untouched = unattributedPayment(DAY_0, {
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

  /** Reads at every wake-up, until then or until the page closes. @returns the last reason */
  function readUntil(deciding: Deciding, ms: number, payments: readonly Payment[]): string {
    let reason = "";
    while (deciding.recovery.paymentLink !== null && deciding.now < DAY_0 + ms) {
      const { effects } = deciding.wake();
      if (effects.some(({ kind }) => kind === "read")) reason = deciding.read(payments).reason;
    }
    return reason;
  }

  test("closes right after the page has expired unused", () => {
    const deciding = given(id("pay_2"), DAY_0 + DAY_MS);
    const reason = readUntil(deciding, 2 * DAY_MS, [FAILED, untouched]);
    expect(reason).toContain("the payment page expired unused");
    expect(deciding.recovery).toMatchObject({ paymentLink: null, followUp: null });
    expect(deciding.now - DAY_0).toBeGreaterThan(DAY_MS);
    expect(deciding.now - DAY_0).toBeLessThan(DAY_MS + 10 * SECOND_MS);
    expect(deciding.recovery.handledPayments).toContain("pay_2");
  });

  test("says until when the payment page can be used", () => {
    const deciding = given(id("pay_2"), DAY_0 + DAY_MS);
    deciding.wake();
    expect(deciding.read([FAILED, untouched]).reason).toContain(
      `the payment page can be used until ${describeInstant(DAY_0 + DAY_MS)}`,
    );
    const withoutEnd = given(null, null);
    withoutEnd.wake();
    expect(withoutEnd.read([FAILED]).reason).toContain("can be used until the payment ends");
  });

  test("stays open while its payment is under way", () => {
    const deciding = given(id("pay_2"), DAY_0 + DAY_MS);
    readUntil(deciding, 2 * DAY_MS, [FAILED, touched]);
    expect(deciding.recovery.paymentLink).toMatchObject({ phase: "in_use" });
    expect(deciding.recovery.followUp).toMatchObject({ reason: "payment_link" });
  });

  test.each([
    ["pay_2", id("pay_2")],
    ["the customer's payment page", null],
  ])("asks a person about a payment page past the deadline: %s", (detail, paymentId) => {
    const deciding = given(paymentId, null);
    readUntil(deciding, DEFAULT_POLICY.retry.outcomeDeadlineMs - DAY_MS, [FAILED, touched]);
    expect(deciding.recovery.attention).toEqual([]);
    readUntil(deciding, DEFAULT_POLICY.retry.outcomeDeadlineMs + DAY_MS, [FAILED, touched]);
    const [question] = deciding.recovery.attention;
    expect(question).toMatchObject({ cause: "outcome_deadline", paymentId });
    expect(question === undefined ? null : describeAlert(question)).toBe(detail);
  });

  test("resolves the question once the page's payment is declined, and says with which code", () => {
    const deciding = given(id("pay_2"), null);
    readUntil(deciding, DEFAULT_POLICY.retry.outcomeDeadlineMs + DAY_MS, [FAILED, touched]);
    const decision = deciding.tell(paymentReported({ ...touched, status: "failed" }));
    expect(decision.reason).toContain("pay_2 was declined: no code");
    expect(deciding.recovery).toMatchObject({ paymentLink: null, attention: [] });
  });
});

describe("the payment of a payment page", () => {
  const paid = unattributedPayment(DAY_0, {
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

  test("settles the debt while the subscription is on hold, whatever its amount", () => {
    const deciding = given("on_hold");
    const decision = deciding.tell(paymentReported(paid));
    expect(decision.rule).toBe("payment.settles");
    expect(deciding.recovery.settlement).toMatchObject({ by: "link", paymentId: "pay_2" });
  });

  test("closes the page and leaves the debt open if it asked for nothing", () => {
    for (const status of ["on_hold", "active"]) {
      const deciding = given(status);
      const { reason } = deciding.tell(paymentReported({ ...paid, totalMinor: 0 }));
      expect(reason).toContain("the customer completed the payment page (pay_2)");
      expect(deciding.recovery).toMatchObject({
        paymentLink: null,
        settlement: null,
        attention: [],
      });
    }
  });

  test("raises a question if it succeeds while the subscription is active", () => {
    const deciding = given("active");
    deciding.tell(paymentReported(paid));
    expect(deciding.recovery).toMatchObject({
      paymentLink: null,
      settlement: null,
      attention: [{ cause: "unattributed_success", paymentId: "pay_2" }],
    });
  });

  test("leaves the page open while it waits for a card", () => {
    const deciding = given("on_hold");
    deciding.tell(paymentReported({ ...paid, status: "requires_payment_method" }));
    expect(deciding.recovery.paymentLink).toMatchObject({ phase: "open" });
  });
});
