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

const MADE = parseInstant("2026-10-05T13:10:00Z") ?? 0;
const NOTIFY: Policy = { ...DEFAULT_POLICY, oneTimePayments: "notify" };

const idOf = (text: string): PaymentId => {
  const id = parsePaymentId(text);
  if (id === null) throw new Error(text);
  return id;
};

const payment = (extra: Partial<Payment> = {}): Payment =>
  unattributedPayment(MADE, {
    paymentId: idOf("pay_1"),
    subscriptionIds: [],
    declineCode: "INSUFFICIENT_FUNDS",
    methodId: null,
    ...extra,
  });

const look = (
  extra: Partial<CheckoutReading> = {},
  of: Partial<Payment> = {},
): CheckoutReading => ({
  payment: payment(of),
  paidSince: false,
  laterPayment: null,
  optedOut: false,
  ...extra,
});

/** The checkout as it is after one decision. */
function decided(
  checkout: Checkout,
  event: CheckoutEvent,
  at: Instant,
  policy: Policy = NOTIFY,
): { readonly checkout: Checkout; readonly decision: CheckoutDecision } {
  const decision = decideCheckout(checkout, event, { policy, mode: "act" }, at);
  return { checkout: { ...checkout, ...decision.changes }, decision };
}

const OPEN = decided(newCheckout(idOf("pay_1")), { kind: "opened" }, MADE).checkout;

const read = (checkout: Checkout, at: Instant, of: CheckoutReading = look()): CheckoutDecision =>
  decided(checkout, { kind: "read", reading: of }, at).decision;

describe("a payment without a subscription", () => {
  test("is left alone by the built-in policy, before anything is read", () => {
    const { decision } = decided(OPEN, { kind: "opened" }, MADE, DEFAULT_POLICY);
    expect(decision).toMatchObject({ step: { kind: "end", outcome: "ignored" } });
  });

  test("is written about an hour after it was made, and again in its twentieth", () => {
    let { checkout } = decided(OPEN, { kind: "read", reading: look() }, MADE + MINUTE_MS);
    expect(read(checkout, MADE + MINUTE_MS).step).toMatchObject({
      kind: "wait",
      until: MADE + HOUR_MS,
    });
    const said: string[] = [];
    let at = MADE + HOUR_MS;
    for (let steps = 0; steps < 20; steps += 1) {
      const { step } = read(checkout, at);
      if (step.kind === "end") {
        said.push(`${(at - MADE) / HOUR_MS} h ${step.outcome}`);
        break;
      }
      if (step.kind === "wait") at = step.until;
      if (step.kind !== "notice") continue;
      said.push(`${(at - MADE) / HOUR_MS} h ${step.notice} ${step.number}`);
      const outcome = { kind: "sent", messageId: "<1@x>" } as const;
      checkout = decided(checkout, { kind: "notice_finished", outcome }, at).checkout;
    }
    expect(said).toEqual(["1 h checkout_declined 1", "20 h checkout_declined 2", "44 h unpaid"]);
  });

  test("has no reminder on the heels of a late first notice", () => {
    const { checkout } = decided(OPEN, { kind: "read", reading: look() }, MADE + 15 * HOUR_MS);
    const outcome = { kind: "sent", messageId: "<1@x>" } as const;
    const noticed = decided(checkout, { kind: "notice_finished", outcome }, MADE + 15 * HOUR_MS);
    expect(noticed.decision.step).toMatchObject({ kind: "wait", until: MADE + 39 * HOUR_MS });
  });

  test("is not begun with when it is a day old", () => {
    expect(read(OPEN, MADE + DAY_MS)).toMatchObject({
      step: { kind: "end", outcome: "nothing_to_do" },
      rule: "checkout.too_old",
    });
    expect(read(OPEN, MADE + DAY_MS - 1).step.kind).toBe("notice");
  });

  test.each([
    ["failed", "checkout_declined"],
    ["requires_payment_method", "checkout_abandoned"],
    ["requires_customer_action", "checkout_authentication"],
  ])("that is %s gets the notice %s", (status, notice) => {
    expect(read(OPEN, MADE + HOUR_MS, look({}, { status })).step).toMatchObject({ notice });
  });

  test.each(["processing", "requires_capture", "something_new", null])(
    "whose status is %s is looked at again, and not written about",
    (status) => {
      const { step, rule } = read(OPEN, MADE + HOUR_MS, look({}, { status }));
      expect({ kind: step.kind, rule }).toEqual({
        kind: "wait",
        rule: "checkout.payment_in_progress",
      });
    },
  );

  test.each([
    ["paid", look({}, { status: "succeeded" }), "checkout.paid"],
    ["paid", look({ paidSince: true }), "checkout.paid"],
    ["nothing_to_do", look({ laterPayment: idOf("pay_2") }), "checkout.superseded"],
    ["nothing_to_do", look({ optedOut: true }), "checkout.opted_out"],
    ["nothing_to_do", look({}, { status: "cancelled" }), "checkout.cancelled"],
    ["nothing_to_do", look({ payment: null }), "checkout.not_one_time"],
    ["nothing_to_do", look({}, { totalMinor: 0 }), "checkout.not_one_time"],
    ["nothing_to_do", look({}, { isMethodUpdate: true }), "checkout.not_one_time"],
    ["nothing_to_do", look({}, { subscriptionIds: ["sub_1"] }), "checkout.not_one_time"],
    ["nothing_to_do", look({}, { declineCode: "INVALID_AMOUNT" }), "checkout.merchant"],
  ])("ends as %s by its reading: %#", (outcome, of, rule) => {
    const decision = read(OPEN, MADE + HOUR_MS, of);
    expect(decision).toMatchObject({ step: { kind: "end", outcome }, rule });
  });

  test("yields to a later one when its notice is due, and not before: that one may yet be cancelled", () => {
    const later = look({ laterPayment: idOf("pay_2") });
    expect(read(OPEN, MADE + MINUTE_MS, later).step).toMatchObject({
      kind: "wait",
      until: MADE + HOUR_MS,
    });
    expect(read(OPEN, MADE + HOUR_MS, later).step.kind).toBe("end");
    expect(read(OPEN, MADE + HOUR_MS).step.kind).toBe("notice");
  });

  test("ends when it was paid between the decision and the mail", () => {
    const outcome = { kind: "not_sent", reading: look({ paidSince: true }) } as const;
    const { decision } = decided(OPEN, { kind: "notice_finished", outcome }, MADE + HOUR_MS);
    expect(decision.step).toEqual({ kind: "end", outcome: "paid" });
  });

  test("never shows a masked or an unknown reason", () => {
    for (const { code, masked, handling } of DECLINE_CODES) {
      const { step } = read(OPEN, MADE + HOUR_MS, look({}, { declineCode: code }));
      if (handling === "merchant") expect(step.kind).toBe("end");
      else expect(step).toMatchObject({ declineCode: masked ? null : code });
    }
    const unknown = read(OPEN, MADE + HOUR_MS, look({}, { declineCode: "BRAND_NEW" }));
    expect(unknown.step).toMatchObject({ declineCode: null });
  });

  test("has its policy pinned when it is opened", () => {
    const merchant: Policy = { ...NOTIFY, codes: { INSUFFICIENT_FUNDS: "merchant" } };
    const { checkout } = decided(OPEN, { kind: "opened" }, MADE, merchant);
    expect(read(checkout, MADE + HOUR_MS).rule).toBe("checkout.merchant");
  });

  test("waits ahead only, whatever comes when", () => {
    const events: CheckoutEvent[] = [
      { kind: "opened" },
      { kind: "timer_fired" },
      { kind: "something_new" } as never,
      { kind: "notice_finished", outcome: { kind: "shadow" } },
      { kind: "notice_finished", outcome: { kind: "undeliverable", detail: "no address" } },
      { kind: "notice_finished", outcome: { kind: "not_sent", reading: look() } },
      { kind: "read", reading: look() },
      { kind: "read", reading: look({}, { status: null }) },
    ];
    const known: Checkout[] = [
      OPEN,
      { ...OPEN, createdAt: MADE },
      { ...OPEN, createdAt: MADE, noticedAt: [MADE + HOUR_MS] },
      { ...OPEN, createdAt: MADE, noticedAt: [MADE + HOUR_MS, MADE + 20 * HOUR_MS] },
    ];
    for (const checkout of known) {
      for (const event of events) {
        for (const hours of [0, 0.5, 1, 12, 20, 23, 24, 44, 1_000]) {
          const at = MADE + hours * HOUR_MS;
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

describe("what is done about a checkout explains itself", () => {
  const DUE = MADE + HOUR_MS;
  const noticed = (outcome: CheckoutNoticeOutcome): CheckoutDecision =>
    decided({ ...OPEN, createdAt: MADE }, { kind: "notice_finished", outcome }, DUE).decision;
  const subscriptionIds = ["sub_1", "sub_2"] as never;

  const explained = ({ rule, reason, step }: CheckoutDecision): string => {
    const then = step.kind === "end" ? `end as ${step.outcome}` : step.kind;
    return `${rule}: ${reason}; ${then}`;
  };

  test.each<[string, CheckoutReading, Instant]>([
    [
      "checkout.not_one_time: Dodo knows no such payment; end as nothing_to_do",
      look({ payment: null }),
      DUE,
    ],
    [
      "checkout.not_one_time: it is of sub_1, sub_2; end as nothing_to_do",
      look({}, { subscriptionIds }),
      DUE,
    ],
    [
      "checkout.not_one_time: it asks for nothing; end as nothing_to_do",
      look({}, { totalMinor: 0 }),
      DUE,
    ],
    ["checkout.paid: this payment succeeded; end as paid", look({}, { status: "succeeded" }), DUE],
    ["checkout.paid: the customer has paid since; end as paid", look({ paidSince: true }), DUE],
    [
      "checkout.superseded: by pay_2, for now, 2026-10-05 14:10 UTC; wait",
      look({ laterPayment: idOf("pay_2") }),
      MADE,
    ],
    [
      "checkout.superseded: by pay_2; end as nothing_to_do",
      look({ laterPayment: idOf("pay_2") }),
      DUE,
    ],
    [
      "checkout.opted_out: metadata.reprise is off; end as nothing_to_do",
      look({ optedOut: true }),
      DUE,
    ],
    [
      "checkout.cancelled: it was cancelled; end as nothing_to_do",
      look({}, { status: "cancelled" }),
      DUE,
    ],
    [
      "checkout.payment_in_progress: the payment, which is processing, 2026-10-05 15:10 UTC; wait",
      look({}, { status: "processing" }),
      DUE,
    ],
    [
      "checkout.payment_in_progress: the payment, which is without a status, 2026-10-05 15:10 UTC; wait",
      look({}, { status: null }),
      DUE,
    ],
    ["checkout.wait: the notice's time, 2026-10-05 14:10 UTC; wait", look(), MADE],
    ["checkout.notice: checkout_declined, number 1; notice", look(), DUE],
  ])("%s", (expected, seen, at) => {
    expect(explained(read(OPEN, at, seen))).toBe(expected);
  });

  test("also before anything is read, and after a notice", () => {
    const { decision } = decided(OPEN, { kind: "opened" }, MADE, DEFAULT_POLICY);
    expect(explained(decision)).toBe("checkout.ignored: one_time_payments: ignore; end as ignored");
    expect(explained(noticed({ kind: "sent", messageId: "m_1" }))).toBe(
      "checkout.notice_sent: notice 1: sent, as `m_1`; wait",
    );
    expect(explained(noticed({ kind: "shadow" }))).toBe(
      "checkout.notice_sent: notice 1: would have been sent now; wait",
    );
    expect(explained(noticed({ kind: "undeliverable", detail: "no such mailbox" }))).toBe(
      "checkout.undeliverable: no such mailbox; end as nothing_to_do",
    );
  });
});
