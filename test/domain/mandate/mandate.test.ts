import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { refusalOf } from "../../../dodo/refusals.ts";
import { paymentStatus, subscriptionStatus } from "../../../dodo/statuses.ts";
import { MANDATE_RULES } from "../../../domain/mandate/mandate-rules.ts";
import {
  type CheckoutCreation,
  decideMandate,
  type Mandate,
  MANDATE_STATES,
  type MandateDecision,
  type MandateEvent,
  type MandateReading,
  mandateStatusOf,
  newMandate,
} from "../../../domain/mandate/mandate.ts";
import type { Payment } from "../../../domain/state/payment.ts";
import { parseMandateId, parsePaymentId, parseSubscriptionId } from "../../../domain/values/ids.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../../domain/values/time.ts";

const NOW = Date.UTC(2026, 10, 1, 12);
const mandateId = parseMandateId(`mandate-${"a".repeat(64)}`) ?? (undefined as never);
const subscriptionId = parseSubscriptionId("sub_1") ?? (undefined as never);

const CREATED: CheckoutCreation = {
  kind: "created",
  sessionId: "cks_1",
  url: "https://checkout.example/1",
};

function apply(mandate: Mandate, event: MandateEvent, at: number): [Mandate, MandateDecision] {
  const decision = decideMandate(mandate, event, at);
  return [{ ...mandate, ...decision.changes }, decision];
}

/** A mandate whose checkout was created at NOW. */
const [given] = apply(newMandate(mandateId), { kind: "checkout", creation: CREATED }, NOW);

const payment = (status: string | null): Payment => ({
  paymentId: parsePaymentId("pay_1") ?? (undefined as never),
  subscriptionIds: [subscriptionId],
  ...paymentStatus(status),
  createdAt: NOW,
  totalMinor: 1_500,
  taxMinor: 0,
  currency: "USD",
  declineCode: null,
  retryAttempt: 0,
  isMethodUpdate: false,
  isMultiSubscription: false,
  methodId: null,
  attemptKey: null,
  debtKey: null,
});

const seen = (paid: string | null | undefined, status: string | null): MandateEvent => ({
  kind: "read",
  reading: {
    payment: paid === undefined ? null : payment(paid),
    subscriptionId,
    ...subscriptionStatus(status),
  },
});

const OPEN = NOW + HOUR_MS;
const CLOSED = NOW + DAY_MS + 10 * MINUTE_MS;
const OVER = CLOSED + 72 * HOUR_MS;

describe("a mandate", () => {
  test("starts with a request to Dodo, and has its page open for a day", () => {
    const initial = newMandate(mandateId);
    expect(decideMandate(initial, { kind: "opened" }, NOW).step).toEqual({ kind: "create" });
    expect(given).toMatchObject({
      state: "waiting_for_customer",
      checkoutUrl: "https://checkout.example/1",
      payableUntil: NOW + DAY_MS,
    });
  });

  test.each<[CheckoutCreation, string, string]>([
    [refusalOf(404, "NOT_FOUND"), "refused_by_dodo", "NOT_FOUND"],
    [{ kind: "given_up", detail: "no answer" }, "not_made", "no answer"],
    [{ kind: "shadow" }, "shadow", "sends nothing"],
  ])("is refused without a checkout: %o", (creation, refusal, reason) => {
    const [mandate, decision] = apply(newMandate(mandateId), { kind: "checkout", creation }, NOW);
    expect(mandate).toMatchObject({ state: "refused", refusal, checkoutUrl: null });
    expect(decision.step).toEqual({ kind: "end" });
    expect(decision.reason).toContain(reason);
  });

  const shadow: MandateEvent = { kind: "checkout", creation: { kind: "shadow" } };
  const known: MandateEvent = {
    kind: "checkout",
    creation: { kind: "already_exists", subscriptionId },
  };
  const unanswered: MandateEvent = {
    kind: "checkout",
    creation: { kind: "given_up", detail: "no answer" },
  };
  const refused: MandateEvent = {
    kind: "checkout",
    creation: refusalOf(404, "NOT_FOUND"),
  };
  const notStarted: MandateEvent = {
    kind: "read",
    reading: { payment: null, subscriptionId: null, access: null, dodoStatus: null },
  };

  test.each<[string, MandateEvent, number]>([
    ["mandate.requested: Dodo is asked for a checkout, then create", { kind: "opened" }, NOW],
    [
      "mandate.checkout_created: Dodo created checkout cks_1, open until 2026-11-02 12:00 UTC, then wait",
      { kind: "checkout", creation: CREATED },
      NOW,
    ],
    ["mandate.already_known: Dodo already has sub_1, then read", known, NOW],
    ["mandate.refused: Dodo refused the checkout: NOT_FOUND (HTTP 404), then end", refused, NOW],
    ["mandate.shadow: the worker's mode sends nothing, then end", shadow, NOW],
    ["mandate.not_made: Dodo created no checkout: no answer, then end", unanswered, NOW],
    ["mandate.read: the next read of Dodo is due, then read", { kind: "timer_fired" }, OPEN],
    [
      "mandate.read: this version does not know the event, then read",
      { kind: "from the future" } as never,
      OPEN,
    ],
    ["mandate.wait: no subscription yet, then wait", notStarted, OPEN],
    ["mandate.wait: sub_1, then wait", seen(undefined, null), OPEN],
    ["mandate.wait: sub_1 is on_hold, then wait", seen("failed", "on_hold"), OPEN],
    ["mandate.active: sub_1 is active, then end", seen("succeeded", "active"), OPEN],
    [
      "mandate.under_way: sub_1 is pending; its payment is processing, then wait",
      seen("processing", "pending"),
      CLOSED,
    ],
    [
      "mandate.failed: sub_1 is on_hold; its payment is not made, then end",
      seen(undefined, "on_hold"),
      CLOSED,
    ],
    ["mandate.expired: no subscription yet; its payment is not made, then end", notStarted, CLOSED],
  ])("explains itself: %s", (expected, event, at) => {
    const { rule, reason, step } = decideMandate(given, event, at);
    expect(`${rule}: ${reason}, then ${step.kind}`).toBe(expected);
  });

  test("keeps the known subscription if a read names none", () => {
    const [mandate] = apply(given, seen(undefined, "pending"), OPEN);
    expect(apply(mandate, notStarted, OPEN)[0]).toMatchObject({ subscriptionId, reads: 2 });
  });

  test("has a status for the API, and a summary of what it waits for", () => {
    expect(mandateStatusOf(given, "why", OPEN)).toEqual({
      state: "waiting_for_customer",
      refusal: null,
      checkoutUrl: "https://checkout.example/1",
      payableUntil: NOW + DAY_MS,
      subscriptionId: null,
      at: OPEN,
      reason: "why",
    });
    expect(mandateStatusOf(newMandate(mandateId), "", NOW).state).toBe("creating");
    expect(decideMandate(given, notStarted, OPEN).step).toMatchObject({
      what: "a webhook or the next read of Dodo",
    });
  });

  // Status of the payment (undefined: none yet) and of the subscription, by when it is read.
  test.each<[string | null | undefined, string | null, number, string]>([
    ["succeeded", "active", OPEN, "active"],
    [undefined, "active", OPEN, "active"],
    ["succeeded", "past_due", OPEN, "active"],
    ["succeeded", "paused", OPEN, "active"],
    ["failed", "failed", OPEN, "failed"],
    ["succeeded", "cancelled", OPEN, "failed"],
    ["succeeded", "expired", OPEN, "failed"],
    [undefined, null, OPEN, "waiting_for_customer"],
    ["requires_payment_method", "pending", OPEN, "waiting_for_customer"],
    ["failed", "pending", OPEN, "waiting_for_customer"],
    ["failed", "on_hold", OPEN, "waiting_for_customer"],
    ["succeeded", "a_new_status", OPEN, "waiting_for_customer"],
    [undefined, null, CLOSED - 1, "waiting_for_customer"],
    [undefined, null, CLOSED, "expired"],
    ["requires_payment_method", "pending", CLOSED, "expired"],
    ["failed", "pending", CLOSED, "failed"],
    ["cancelled", "pending", CLOSED, "failed"],
    ["failed", "on_hold", CLOSED, "failed"],
    ["processing", "pending", CLOSED, "waiting_for_customer"],
    ["requires_customer_action", "pending", CLOSED, "waiting_for_customer"],
    [null, "pending", CLOSED, "waiting_for_customer"],
    ["succeeded", "pending", CLOSED, "waiting_for_customer"],
    ["processing", "pending", OVER - 1, "waiting_for_customer"],
    ["processing", "pending", OVER, "expired"],
    ["succeeded", "active", OVER, "active"],
  ])(
    "follows from a payment that is %s and a subscription that is %s, %#",
    (paid, status, at, state) => {
      const [mandate, { step }] = apply(given, seen(paid, status), at);
      expect(mandate.state).toBe(state);
      expect(step.kind).toBe(state === "waiting_for_customer" ? "wait" : "end");
    },
  );

  test("is read after a minute, less and less often, and when the page closes", () => {
    const reads: number[] = [];
    let mandate = given;
    let decision = apply(newMandate(mandateId), { kind: "checkout", creation: CREATED }, NOW)[1];
    while (decision.step.kind === "wait") {
      const at = decision.step.until;
      reads.push(at - NOW);
      [mandate, decision] = apply(mandate, seen(undefined, null), at);
    }
    expect(mandate.state).toBe("expired");
    expect(reads.map((ms) => ms / MINUTE_MS)).toEqual([
      1,
      5,
      15,
      60,
      7 * 60,
      13 * 60,
      19 * 60,
      24 * 60 + 10,
    ]);
  });

  test("is read when a webhook reports it, and takes the subscription from the webhook", () => {
    const reported = { kind: "reported", type: "subscription.active", subscriptionId } as const;
    const [mandate, { step }] = apply(given, reported, OPEN);
    expect(mandate.subscriptionId).toBe(subscriptionId);
    expect(step).toEqual({ kind: "read" });
  });

  test("continues with a subscription that Dodo already has, without a checkout", () => {
    const creation = { kind: "already_exists", subscriptionId } as const;
    const [mandate, { step }] = apply(newMandate(mandateId), { kind: "checkout", creation }, NOW);
    expect(step).toEqual({ kind: "read" });
    expect(apply(mandate, seen(undefined, "active"), NOW)[0].state).toBe("active");
  });

  test("asks Dodo for a checkout once, and always moves on, whatever happens", () => {
    const reading: fc.Arbitrary<MandateReading> = fc
      .record({
        payment: fc.option(fc.constantFrom("succeeded", "failed", "processing", null).map(payment)),
        subscriptionId: fc.constantFrom(subscriptionId, null),
        status: fc.constantFrom("active", "pending", "failed", "on_hold", "new", null),
      })
      .map(({ status, ...rest }) => ({ ...rest, ...subscriptionStatus(status) }));
    const event: fc.Arbitrary<MandateEvent> = fc.oneof(
      fc.constant({ kind: "timer_fired" } as const),
      fc.constant({ kind: "reported", type: "payment.failed", subscriptionId } as const),
      fc.constant({ kind: "from the future" } as never),
      reading.map((one) => ({ kind: "read", reading: one }) as const),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(event, fc.nat(5 * DAY_MS))), (events) => {
        let mandate = given;
        let at = NOW;
        for (const [next, waitMs] of events) {
          at += waitMs;
          const [after, { step, rule, reason }] = apply(mandate, next, at);
          expect(step.kind).not.toBe("create");
          if (step.kind === "wait") expect(step.until).toBeGreaterThan(at);
          expect(MANDATE_RULES).toHaveProperty([rule]);
          expect(reason).not.toBe("");
          expect(MANDATE_STATES).toContain(after.state);
          expect(after.checkoutUrl).toBe(given.checkoutUrl);
          if (step.kind === "end") return;
          mandate = after;
        }
      }),
    );
  });
});
