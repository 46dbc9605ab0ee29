import { describe, expect, test } from "vitest";
import { unattributedPayment } from "../../../dev/model/events.ts";
import { paymentStatus } from "../../../dodo/statuses.ts";
import {
  type Checkout,
  type CheckoutDecision,
  type CheckoutEvent,
  type CheckoutReading,
  type CheckoutReport,
  decideCheckout,
  newCheckout,
} from "../../../domain/checkout/checkout.ts";
import { DEFAULT_POLICY } from "../../../domain/policy.ts";
import { DAY_MS, HOUR_MS, type Instant, parseInstant } from "../../../domain/values/time.ts";
import { paymentIdOf } from "../../support/domain/ids.ts";

const CREATED_AT = parseInstant("2026-10-05T13:10:00Z") ?? 0;
const POLICY = { ...DEFAULT_POLICY, oneTimePayments: "notify" } as const;

const readingOf = (status: string, extra: Partial<CheckoutReading> = {}): CheckoutReading => ({
  payment: unattributedPayment(CREATED_AT, {
    paymentId: paymentIdOf("pay_1"),
    subscriptionIds: [],
    declineCode: "INSUFFICIENT_FUNDS",
    ...paymentStatus(status),
  }),
  paidSince: false,
  laterPayment: null,
  optedOut: false,
  ...extra,
});

/** Follows the checkout from event to event. */
class Followed {
  checkout: Checkout = newCheckout(paymentIdOf("pay_1"));

  on(event: CheckoutEvent, at: Instant): CheckoutDecision {
    const inForce = { policy: POLICY, mode: "act" } as const;
    const decision = decideCheckout(this.checkout, event, inForce, at);
    this.checkout = { ...this.checkout, ...decision.changes };
    return decision;
  }

  read(reading: CheckoutReading, at: Instant): CheckoutDecision {
    return this.on({ kind: "read", reading }, at);
  }

  report(report: CheckoutReport, at = CREATED_AT): CheckoutDecision {
    return this.on({ kind: "reported", report }, at);
  }
}

function opened(): Followed {
  const followed = new Followed();
  followed.on({ kind: "opened" }, CREATED_AT);
  return followed;
}

describe("a bank debit without a subscription", () => {
  const RETURNED_AT = CREATED_AT + 6 * DAY_MS;
  const returned = readingOf("failed", { failedAt: RETURNED_AT });

  test("gets its notices in the day after it was returned, not after it was made", () => {
    const followed = opened();
    expect(followed.read(returned, RETURNED_AT + 1).step).toMatchObject({
      kind: "wait",
      until: RETURNED_AT + HOUR_MS,
    });
    expect(followed.read(returned, RETURNED_AT + HOUR_MS).step).toMatchObject({ kind: "notice" });
    followed.on(
      { kind: "notice_finished", outcome: { kind: "sent", messageId: "<1@x>" } },
      RETURNED_AT + HOUR_MS,
    );
    expect(followed.read(returned, RETURNED_AT + 20 * HOUR_MS).step).toMatchObject({ number: 2 });
    expect(opened().read(returned, RETURNED_AT + DAY_MS).rule).toBe("checkout.too_old");
  });

  test("is read at least every twelve hours while it is under way, for two weeks", () => {
    const followed = opened();
    let at = CREATED_AT;
    const gaps: number[] = [];
    for (;;) {
      const { step, rule } = followed.read(readingOf("processing"), at);
      if (step.kind !== "wait") {
        expect(rule).toBe("checkout.too_old");
        break;
      }
      gaps.push(step.until - at);
      at = step.until;
    }
    expect(Math.max(...gaps)).toBe(12 * HOUR_MS);
    expect(at - CREATED_AT).toBeGreaterThanOrEqual(14 * DAY_MS);
  });

  test("counts by its return if the customer's card was declined before", () => {
    const followed = opened();
    followed.read(readingOf("failed", { failedAt: CREATED_AT + 1 }), CREATED_AT + 1);
    followed.read(readingOf("processing"), CREATED_AT + HOUR_MS);
    expect(followed.read(returned, RETURNED_AT + HOUR_MS).step).toMatchObject({ kind: "notice" });
  });

  test("keeps the time of its first failure if Dodo changes the payment later", () => {
    const followed = opened();
    followed.read(readingOf("failed", { failedAt: CREATED_AT }), CREATED_AT + 1);
    const changed = readingOf("failed", { failedAt: CREATED_AT + 3 * DAY_MS });
    expect(followed.read(changed, CREATED_AT + 3 * DAY_MS).rule).toBe("checkout.too_old");
  });
});

describe("what Dodo reports about a checkout", () => {
  const abandoned = { kind: "abandoned", webhookId: "m_1" } as const;
  const recovered = {
    kind: "recovered",
    webhookId: "m_2",
    paidBy: paymentIdOf("pay_2"),
  } as const;

  test("as abandoned is told to the operator once", () => {
    const followed = opened();
    expect(followed.report(abandoned)).toMatchObject({
      step: { kind: "notify_operator", alert: { cause: "dodo_cart_recovery" } },
      rule: "checkout.dodo_mails",
    });
    expect(followed.on({ kind: "operator_notified" }, CREATED_AT).step.kind).toBe("read");
    expect(followed.report(abandoned).step.kind).toBe("read");
  });

  test("as recovered ends it as recovered once a read shows the payment", () => {
    const followed = opened();
    const hint = followed.report(recovered);
    expect(hint.step.kind).toBe("read");
    expect(followed.checkout.recovered).toEqual({ paidBy: "pay_2" });
    const paid = readingOf("failed", { paidSince: true });
    expect(followed.read(paid, CREATED_AT + HOUR_MS)).toMatchObject({
      step: { kind: "end", outcome: "recovered" },
      rule: "checkout.recovered",
    });
  });

  test("as recovered changes nothing if no read shows a payment", () => {
    const followed = opened();
    followed.report(recovered);
    const unpaid = readingOf("requires_payment_method");
    expect(followed.read(unpaid, CREATED_AT + HOUR_MS).step).toMatchObject({ kind: "notice" });
  });

  test("as failed, or in words that this version does not know, leads to a read", () => {
    expect(opened().report({ kind: "failed", webhookId: "m_3" }).step.kind).toBe("read");
    expect(opened().report({ kind: "of_tomorrow" } as never).step.kind).toBe("read");
  });
});
