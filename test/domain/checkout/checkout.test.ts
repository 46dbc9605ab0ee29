import { describe, expect, test } from "vitest";
import { unattributedPayment } from "../../../dev/model/events.ts";
import { CHECKOUT_RULES } from "../../../domain/checkout/checkout-rules.ts";
import {
  type Checkout,
  type CheckoutDecision,
  type CheckoutEvent,
  type CheckoutNoticeOutcome,
  type CheckoutReading,
  decideCheckout,
  newCheckout,
} from "../../../domain/checkout/checkout.ts";
import { DECLINE_CODES } from "../../../domain/declines/decline-codes.ts";
import { DEFAULT_POLICY, type Policy } from "../../../domain/policy.ts";
import type { Payment } from "../../../domain/state/payment.ts";
import { parsePaymentId, type PaymentId } from "../../../domain/values/ids.ts";
import {
  DAY_MS,
  HOUR_MS,
  type Instant,
  MINUTE_MS,
  parseInstant,
} from "../../../domain/values/time.ts";

const CREATED_AT = parseInstant("2026-10-05T13:10:00Z") ?? 0;
const NOTIFY: Policy = { ...DEFAULT_POLICY, oneTimePayments: "notify" };

const idOf = (text: string): PaymentId => {
  const id = parsePaymentId(text);
  if (id === null) throw new Error(text);
  return id;
};

const payment = (extra: Partial<Payment> = {}): Payment =>
  unattributedPayment(CREATED_AT, {
    paymentId: idOf("pay_1"),
    subscriptionIds: [],
    declineCode: "INSUFFICIENT_FUNDS",
    methodId: null,
    ...extra,
  });

const readingOf = (
  extra: Partial<CheckoutReading> = {},
  of: Partial<Payment> = {},
): CheckoutReading => ({
  payment: payment(of),
  paidSince: false,
  laterPayment: null,
  optedOut: false,
  ...extra,
});

/** The checkout after one decision. */
function decided(
  checkout: Checkout,
  event: CheckoutEvent,
  at: Instant,
  policy: Policy = NOTIFY,
): { readonly checkout: Checkout; readonly decision: CheckoutDecision } {
  const decision = decideCheckout(checkout, event, { policy, mode: "act" }, at);
  return { checkout: { ...checkout, ...decision.changes }, decision };
}

const OPEN = decided(newCheckout(idOf("pay_1")), { kind: "opened" }, CREATED_AT).checkout;

const read = (
  checkout: Checkout,
  at: Instant,
  of: CheckoutReading = readingOf(),
): CheckoutDecision => decided(checkout, { kind: "read", reading: of }, at).decision;

describe("a payment without a subscription", () => {
  test("is ignored by the built-in policy without a read", () => {
    const { decision } = decided(OPEN, { kind: "opened" }, CREATED_AT, DEFAULT_POLICY);
    expect(decision).toMatchObject({ step: { kind: "end", outcome: "ignored" } });
  });

  test("gets a notice after an hour and a reminder after twenty, and ends a day later", () => {
    let { checkout } = decided(
      OPEN,
      { kind: "read", reading: readingOf() },
      CREATED_AT + MINUTE_MS,
    );
    expect(read(checkout, CREATED_AT + MINUTE_MS).step).toMatchObject({
      kind: "wait",
      until: CREATED_AT + HOUR_MS,
    });
    const steps: string[] = [];
    let at = CREATED_AT + HOUR_MS;
    for (let count = 0; count < 20; count += 1) {
      const { step } = read(checkout, at);
      if (step.kind === "end") {
        steps.push(`${(at - CREATED_AT) / HOUR_MS} h ${step.outcome}`);
        break;
      }
      if (step.kind === "wait") at = step.until;
      if (step.kind !== "notice") continue;
      steps.push(`${(at - CREATED_AT) / HOUR_MS} h ${step.notice} ${step.number}`);
      const outcome = { kind: "sent", messageId: "<1@x>" } as const;
      checkout = decided(checkout, { kind: "notice_finished", outcome }, at).checkout;
    }
    expect(steps).toEqual(["1 h checkout_declined 1", "20 h checkout_declined 2", "44 h unpaid"]);
  });

  test("gets no reminder soon after a late first notice", () => {
    const { checkout } = decided(
      OPEN,
      { kind: "read", reading: readingOf() },
      CREATED_AT + 15 * HOUR_MS,
    );
    const outcome = { kind: "sent", messageId: "<1@x>" } as const;
    const noticed = decided(
      checkout,
      { kind: "notice_finished", outcome },
      CREATED_AT + 15 * HOUR_MS,
    );
    expect(noticed.decision.step).toMatchObject({ kind: "wait", until: CREATED_AT + 39 * HOUR_MS });
  });

  test("gets no notice once it is a day old", () => {
    expect(read(OPEN, CREATED_AT + DAY_MS)).toMatchObject({
      step: { kind: "end", outcome: "nothing_to_do" },
      rule: "checkout.too_old",
    });
    expect(read(OPEN, CREATED_AT + DAY_MS - 1).step.kind).toBe("notice");
  });

  test.each([
    ["failed", "checkout_declined"],
    ["requires_payment_method", "checkout_abandoned"],
    ["requires_customer_action", "checkout_authentication"],
  ])("with the status %s gets the notice %s", (status, notice) => {
    expect(read(OPEN, CREATED_AT + HOUR_MS, readingOf({}, { status })).step).toMatchObject({
      notice,
    });
  });

  test.each(["processing", "requires_capture", "something_new", null])(
    "with the status %s is read again, without a notice",
    (status) => {
      const { step, rule } = read(OPEN, CREATED_AT + HOUR_MS, readingOf({}, { status }));
      expect({ kind: step.kind, rule }).toEqual({
        kind: "wait",
        rule: "checkout.payment_in_progress",
      });
    },
  );

  test.each([
    ["paid", readingOf({}, { status: "succeeded" }), "checkout.paid"],
    ["paid", readingOf({ paidSince: true }), "checkout.paid"],
    ["nothing_to_do", readingOf({ laterPayment: idOf("pay_2") }), "checkout.superseded"],
    ["nothing_to_do", readingOf({ optedOut: true }), "checkout.opted_out"],
    ["nothing_to_do", readingOf({}, { status: "cancelled" }), "checkout.cancelled"],
    ["nothing_to_do", readingOf({ payment: null }), "checkout.not_one_time"],
    ["nothing_to_do", readingOf({}, { totalMinor: 0 }), "checkout.not_one_time"],
    ["nothing_to_do", readingOf({}, { isMethodUpdate: true }), "checkout.not_one_time"],
    ["nothing_to_do", readingOf({}, { subscriptionIds: ["sub_1"] }), "checkout.not_one_time"],
    ["nothing_to_do", readingOf({}, { declineCode: "INVALID_AMOUNT" }), "checkout.merchant"],
  ])("ends as %s by what was read: %#", (outcome, of, rule) => {
    const decision = read(OPEN, CREATED_AT + HOUR_MS, of);
    expect(decision).toMatchObject({ step: { kind: "end", outcome }, rule });
  });

  test("yields to a later payment only when its notice is due", () => {
    const later = readingOf({ laterPayment: idOf("pay_2") });
    expect(read(OPEN, CREATED_AT + MINUTE_MS, later).step).toMatchObject({
      kind: "wait",
      until: CREATED_AT + HOUR_MS,
    });
    expect(read(OPEN, CREATED_AT + HOUR_MS, later).step.kind).toBe("end");
    expect(read(OPEN, CREATED_AT + HOUR_MS).step.kind).toBe("notice");
  });

  test("ends as paid if it was paid between the decision and the mail", () => {
    const outcome = { kind: "not_sent", reading: readingOf({ paidSince: true }) } as const;
    const { decision } = decided(OPEN, { kind: "notice_finished", outcome }, CREATED_AT + HOUR_MS);
    expect(decision.step).toEqual({ kind: "end", outcome: "paid" });
  });

  test("never shows a masked or unknown decline code", () => {
    for (const { code, masked, handling } of DECLINE_CODES) {
      const { step } = read(OPEN, CREATED_AT + HOUR_MS, readingOf({}, { declineCode: code }));
      if (handling === "merchant") expect(step.kind).toBe("end");
      else expect(step).toMatchObject({ declineCode: masked ? null : code });
    }
    const unknown = read(OPEN, CREATED_AT + HOUR_MS, readingOf({}, { declineCode: "BRAND_NEW" }));
    expect(unknown.step).toMatchObject({ declineCode: null });
  });

  test("keeps the policy of its opening", () => {
    const merchant: Policy = { ...NOTIFY, codes: { INSUFFICIENT_FUNDS: "merchant" } };
    const { checkout } = decided(OPEN, { kind: "opened" }, CREATED_AT, merchant);
    expect(read(checkout, CREATED_AT + HOUR_MS).rule).toBe("checkout.merchant");
  });

  test("waits for the future only, and sends two notices at most, whatever happens", () => {
    const events: CheckoutEvent[] = [
      { kind: "opened" },
      { kind: "timer_fired" },
      { kind: "something_new" } as never,
      { kind: "notice_finished", outcome: { kind: "shadow" } },
      { kind: "notice_finished", outcome: { kind: "undeliverable", detail: "no address" } },
      { kind: "notice_finished", outcome: { kind: "not_sent", reading: readingOf() } },
      { kind: "read", reading: readingOf() },
      { kind: "read", reading: readingOf({}, { status: null }) },
    ];
    const known: Checkout[] = [
      OPEN,
      { ...OPEN, createdAt: CREATED_AT },
      { ...OPEN, createdAt: CREATED_AT, noticedAt: [CREATED_AT + HOUR_MS] },
      {
        ...OPEN,
        createdAt: CREATED_AT,
        noticedAt: [CREATED_AT + HOUR_MS, CREATED_AT + 20 * HOUR_MS],
      },
    ];
    for (const checkout of known) {
      for (const event of events) {
        for (const hours of [0, 0.5, 1, 12, 20, 23, 24, 44, 1_000]) {
          const at = CREATED_AT + hours * HOUR_MS;
          const { step, reason, rule } = decided(checkout, event, at).decision;
          expect(reason).not.toBe("");
          expect(CHECKOUT_RULES).toHaveProperty([rule]);
          if (step.kind === "wait" && event.kind === "read") expect(step.until).toBeGreaterThan(at);
          if (step.kind === "notice") expect(step.number).toBeLessThanOrEqual(2);
        }
      }
    }
  });
});

describe("the reason of a checkout's decision", () => {
  const DUE = CREATED_AT + HOUR_MS;
  const noticed = (outcome: CheckoutNoticeOutcome): CheckoutDecision =>
    decided({ ...OPEN, createdAt: CREATED_AT }, { kind: "notice_finished", outcome }, DUE).decision;
  const subscriptionIds = ["sub_1", "sub_2"] as never;

  const explained = ({ rule, reason, step }: CheckoutDecision): string => {
    const then = step.kind === "end" ? `end as ${step.outcome}` : step.kind;
    return `${rule}: ${reason}; ${then}`;
  };

  test.each<[string, CheckoutReading, Instant]>([
    [
      "checkout.not_one_time: Dodo does not know this payment; end as nothing_to_do",
      readingOf({ payment: null }),
      DUE,
    ],
    [
      "checkout.not_one_time: the payment belongs to sub_1, sub_2; end as nothing_to_do",
      readingOf({}, { subscriptionIds }),
      DUE,
    ],
    [
      "checkout.not_one_time: the payment asks for nothing; end as nothing_to_do",
      readingOf({}, { totalMinor: 0 }),
      DUE,
    ],
    [
      "checkout.paid: this payment succeeded; end as paid",
      readingOf({}, { status: "succeeded" }),
      DUE,
    ],
    [
      "checkout.paid: the customer has paid since; end as paid",
      readingOf({ paidSince: true }),
      DUE,
    ],
    [
      "checkout.superseded: the customer tried again with pay_2; wait",
      readingOf({ laterPayment: idOf("pay_2") }),
      CREATED_AT,
    ],
    [
      "checkout.superseded: the customer tried again with pay_2; end as nothing_to_do",
      readingOf({ laterPayment: idOf("pay_2") }),
      DUE,
    ],
    [
      "checkout.opted_out: the payment's metadata has reprise = off; end as nothing_to_do",
      readingOf({ optedOut: true }),
      DUE,
    ],
    [
      "checkout.cancelled: the payment was cancelled; end as nothing_to_do",
      readingOf({}, { status: "cancelled" }),
      DUE,
    ],
    [
      "checkout.payment_in_progress: waiting for the payment (processing) until 2026-10-05 15:10 UTC; wait",
      readingOf({}, { status: "processing" }),
      DUE,
    ],
    [
      "checkout.payment_in_progress: waiting for the payment (without a status) until 2026-10-05 15:10 UTC; wait",
      readingOf({}, { status: null }),
      DUE,
    ],
    [
      "checkout.wait: waiting for the notice until 2026-10-05 14:10 UTC; wait",
      readingOf(),
      CREATED_AT,
    ],
    ["checkout.notice: notice 1 (checkout declined) is due; notice", readingOf(), DUE],
  ])("%s", (expected, reading, at) => {
    expect(explained(read(OPEN, at, reading))).toBe(expected);
  });

  test("explains decisions before a read, and after a notice", () => {
    const { decision } = decided(OPEN, { kind: "opened" }, CREATED_AT, DEFAULT_POLICY);
    expect(explained(decision)).toBe("checkout.ignored: one_time_payments: ignore; end as ignored");
    expect(explained(noticed({ kind: "sent", messageId: "m_1" }))).toBe(
      "checkout.notice_sent: notice 1 was sent as `m_1`; wait",
    );
    expect(explained(noticed({ kind: "shadow" }))).toBe(
      "checkout.notice_sent: notice 1 would have been sent now; wait",
    );
    expect(explained(noticed({ kind: "undeliverable", detail: "no such mailbox" }))).toBe(
      "checkout.undeliverable: no such mailbox; end as nothing_to_do",
    );
  });
});
