import { APIError } from "dodopayments";
import { describe, expect, test } from "vitest";
import type { Verdict } from "../../../dev/model/dodo.ts";
import { chargeRequested } from "../../../dev/model/events.ts";
import { DEFAULT_POLICY, type Policy } from "../../../domain/policy.ts";
import type { Command } from "../../../domain/state/command.ts";
import { RETRY } from "../../support/domain/operator-commands.ts";
import {
  DAY_MS,
  explain,
  HOUR_MS,
  MINUTE_MS,
  SECOND_MS,
  story,
  type Story,
} from "../../support/domain/scenario.ts";

/** The worst moments: what happens between two looks, at the same time, or against what was just said. */
const decline = (code: string | null): Verdict => ({ kind: "decline", code });
const SOFT = decline("INSUFFICIENT_FUNDS");
const SUCCEED: Verdict = { kind: "succeed" };

async function failing(
  code: string | null,
  verdicts: readonly Verdict[] = [],
  options: Parameters<typeof story>[0] = {},
  policy: Policy = DEFAULT_POLICY,
): Promise<Story> {
  const told = story(options, policy);
  told.dodo.verdicts.push(...verdicts);
  told.dodo.merchantCharges(decline(code));
  await told.until(0, MINUTE_MS);
  return told;
}

const charges = ({ dodo }: Story): number =>
  dodo.mutations.filter(({ what }) => what === "charge").length;
const LINK: Command = { action: "create_payment_link", debtId: null };
const operator = (action: "pause" | "resume" | "mark_paid" | "write_off"): Command => ({
  action,
  by: "anna",
  note: "",
});
const attention = ({ world }: Story): string[] =>
  (world.recovery?.attention ?? []).map(({ cause }) => cause);
const told = ({ world }: Story): string[] => world.alerts.map(({ cause }) => cause);

/** Reads are refused for a while, as with a key that was rolled. */
function lockOut(one: Story, forMs: number): void {
  const until = one.timeline.now() + forMs;
  const read = one.dodo.retrieveSubscription.bind(one.dodo);
  one.dodo.retrieveSubscription = async () => {
    if (one.timeline.now() < until)
      throw APIError.generate(401, { code: "UNAUTHORIZED" }, undefined, new Headers());
    return await read();
  };
}

describe("a payment that succeeds after it was dealt with", () => {
  test("on a page that had just expired settles the debt, and nothing more is charged", async () => {
    const one = await failing("EXPIRED_CARD");
    await one.until(1);
    one.world.command(LINK);
    await one.until(2, 2 * SECOND_MS);
    one.dodo.customerPays("pay_2", "pm_2");
    await one.untilOver();
    expect(one.dodo.succeeded).toHaveLength(1);
    expect(one.world.results[0]).toMatchObject({ outcome: "recovered", by: "customer" });
  });

  test("after a first card was declined there settles the debt", async () => {
    const one = await failing("EXPIRED_CARD");
    await one.until(1);
    one.world.command(LINK);
    await one.until(1, MINUTE_MS);
    one.dodo.customerPays("pay_2", "pm_2", decline("INSUFFICIENT_FUNDS"));
    await one.until(1, 2 * MINUTE_MS);
    Object.assign(one.dodo.payments.find(({ paymentId }) => paymentId === "pay_2") ?? {}, {
      status: "processing",
      declineCode: null,
    });
    one.dodo.end("pay_2", SUCCEED);
    await one.untilOver();
    expect(one.dodo.succeeded.map(({ paymentId }) => paymentId)).toEqual(["pay_2"]);
    expect(charges(one)).toBe(0);
  });

  test("although it is the failed one itself settles the debt", async () => {
    const one = await failing("INSUFFICIENT_FUNDS");
    await one.until(1);
    Object.assign(one.dodo.payments[0] ?? {}, { status: "processing", declineCode: null });
    one.dodo.end("pay_1", SUCCEED);
    await one.untilOver();
    expect(one.world.results[0]).toMatchObject({ outcome: "recovered", by: "customer" });
    expect(charges(one)).toBe(0);
  });

  test("although a person had said that its failure did not matter asks again", async () => {
    const one = await failing("INSUFFICIENT_FUNDS", [], { holds: false });
    await one.until(1);
    one.dodo.merchantCharges(SOFT);
    await one.until(1, HOUR_MS);
    one.world.command(operator("resume"));
    await one.until(1, 2 * HOUR_MS);
    Object.assign(one.dodo.payments[1] ?? {}, { status: "processing" });
    one.dodo.end("pay_2", SUCCEED);
    await one.until(20);
    expect(attention(one)).toEqual(["unattributed_success"]);
    expect(charges(one)).toBe(0);
  });
});

describe("a card that must not be charged again", () => {
  test("is not charged when the customer goes back to it", async () => {
    const one = await failing("STOLEN_CARD", [], { holds: false });
    await one.until(1);
    one.dodo.customerChangesMethod("pm_2");
    await one.until(1, MINUTE_MS);
    one.dodo.customerChangesMethod("pm_1");
    await one.until(29);
    expect(charges(one)).toBe(0);
  });

  test("is not charged even where the webhook of going back to it is lost", async () => {
    const one = await failing("STOLEN_CARD", [], { holds: false });
    await one.until(1);
    one.dodo.customerChangesMethod("pm_2");
    await one.until(1, MINUTE_MS);
    one.world.deliver = () => null;
    one.dodo.customerChangesMethod("pm_1");
    await one.until(29);
    expect(charges(one)).toBe(0);
  });

  test("is remembered through the decline of another one", async () => {
    const one = await failing("STOLEN_CARD", [SOFT], { holds: false });
    await one.until(1);
    one.dodo.customerChangesMethod("pm_2");
    await one.until(2);
    expect(charges(one)).toBe(1);
    one.dodo.customerChangesMethod("pm_1");
    await one.until(2, MINUTE_MS);
    const command = one.world.command(RETRY);
    await one.until(29);
    expect(charges(one)).toBe(1);
    expect(one.world.replies.get(command)).toMatchObject({ ok: false });
  });

  test("is known from the merchant's own charge", async () => {
    const one = await failing("INSUFFICIENT_FUNDS");
    await one.until(1);
    one.dodo.merchantCharges(decline("STOLEN_CARD"));
    await one.until(1, HOUR_MS);
    one.world.command(operator("resume"));
    await one.until(29);
    expect(charges(one)).toBe(0);
  });

  test("may be charged again once it has paid for something", async () => {
    const one = story({ holds: false });
    one.dodo.merchantCharges(decline("EXPIRED_CARD"));
    await one.until(0, HOUR_MS);
    one.world.command(operator("write_off"));
    await one.until(2);
    one.dodo.merchantCharges(SUCCEED);
    await one.until(3);
    one.dodo.merchantCharges(SOFT);
    await one.untilOver();
    await one.until(40);
    expect(charges(one)).toBe(1);
  });

  test("of a hold is Dodo's to collect when the card changes, not ours", async () => {
    const one = await failing("EXPIRED_CARD");
    await one.until(1);
    one.dodo.customerChangesMethod("pm_2", decline("STOLEN_CARD"));
    one.dodo.methodId = "pm_2";
    await one.until(29);
    expect(charges(one)).toBe(0);
  });

  test("is not tried by changing back and forth", async () => {
    const soft = Array.from({ length: 40 }, () => SOFT);
    const one = await failing("AUTHENTICATION_REQUIRED", soft, { holds: false });
    for (let day = 1; day < 26; day += 1) {
      await one.until(day);
      one.dodo.customerChangesMethod(day % 2 === 0 ? "pm_1" : "pm_2");
    }
    await one.until(29);
    const charged = one.dodo.payments.filter(({ totalMinor }) => totalMinor > 0);
    expect(charged.length).toBeLessThanOrEqual(8);
  });
});

describe("a total above the failed one's", () => {
  test.each([
    ["succeeded", SUCCEED],
    ["declined", SOFT],
  ] as const)("is told when it %s, and nothing more is charged", async (_, verdict) => {
    const one = await failing("INSUFFICIENT_FUNDS", [{ kind: "stay", status: "processing" }]);
    await one.until(3, SECOND_MS);
    Object.assign(one.dodo.payments[1] ?? {}, { totalMinor: 5_000 });
    one.dodo.end("pay_2", verdict);
    await one.until(25);
    expect(told(one)).toContain("overcharged");
    expect(charges(one)).toBe(1);
  });

  test("is still a question after the payment's deadline has passed", async () => {
    const one = await failing("INSUFFICIENT_FUNDS", [{ kind: "stay", status: "processing" }]);
    await one.until(3, 500);
    Object.assign(one.dodo.payments[1] ?? {}, { totalMinor: 5_000 });
    await one.until(8);
    one.dodo.end("pay_2", SOFT);
    await one.until(25);
    expect(attention(one)).toEqual(["overcharged"]);
    expect(charges(one)).toBe(1);
  });
});

describe("looking at Dodo", () => {
  test("is not done in a loop while the key is refused", async () => {
    const one = await failing("INSUFFICIENT_FUNDS", [{ kind: "stay", status: "processing" }]);
    await one.until(3, SECOND_MS);
    lockOut(one, 3 * HOUR_MS);
    await one.until(4);
    expect(one.world.decisions.length).toBeLessThan(60);
    one.dodo.end("pay_2", SUCCEED);
    one.world.command(operator("resume"));
    await one.untilOver();
    expect(one.world.results[0]?.outcome).toBe("recovered");
  });

  test("is not done in a loop when a hold comes and goes", async () => {
    const one = await failing("INSUFFICIENT_FUNDS");
    await one.until(1);
    one.dodo.setStatus("active", "subscription.active");
    await one.until(1, 5 * SECOND_MS);
    one.dodo.setStatus("on_hold", "subscription.on_hold");
    await one.untilOver();
    expect(one.world.decisions.length).toBeLessThan(80);
    expect(one.world.results[0]?.outcome).toBe("recovered");
  });
});

describe("another debt's payment", () => {
  test("that succeeds late does not stand in this debt's way", async () => {
    const one = await failing("INSUFFICIENT_FUNDS", [], { holds: false });
    one.dodo.payments.push({
      ...one.dodo.payments[0],
      paymentId: "pay_other",
      createdAt: one.timeline.now(),
      metadata: { recovery_attempt: "pay_0.3" },
      status: "succeeded",
      declineCode: null,
    } as never);
    await one.untilOver();
    expect(one.world.results[0]).toMatchObject({ outcome: "recovered", by: "attempt" });
    expect(charges(one)).toBe(1);
  });
});

describe("the window", () => {
  test("runs again once a payment that was open for too long has ended", async () => {
    const one = await failing("INSUFFICIENT_FUNDS", [{ kind: "stay", status: "processing" }]);
    await one.until(8);
    expect(attention(one)).toEqual(["outcome_deadline"]);
    one.dodo.end("pay_2", decline("EXPIRED_CARD"));
    await one.untilOver();
    expect(one.world.results[0]?.outcome).toBe("exhausted");
  });

  test("stands still from the beginning where the pause came before the debt was known", async () => {
    const one = story();
    one.dodo.merchantCharges(SOFT);
    await one.until(0, 12 * SECOND_MS);
    one.world.command(operator("pause"));
    await one.until(41);
    one.world.command(operator("resume"));
    await one.untilOver();
    expect(one.world.results[0]?.outcome).toBe("recovered");
  });
});

describe("a worker's clock that is an hour off", () => {
  test.each([-HOUR_MS, HOUR_MS])(
    "has Dodo read once at the window's end (%i ms)",
    async (skewMs) => {
      const one = await failing("EXPIRED_CARD");
      one.world.clock = { now: () => one.timeline.now() + skewMs, monotonicMs: one.timeline.now };
      await one.until(29, 23.5 * HOUR_MS);
      one.world.push({
        kind: "subscription_reported",
        webhookId: "late",
        type: "subscription.updated",
        status: "on_hold",
      });
      await one.until(31);
      const looks = one.world.decisions.filter(({ decision }) =>
        decision.reason.includes("the window is over; Dodo is read once more"),
      );
      expect(looks.length).toBe(1);
      expect(one.world.results[0]).toMatchObject({ outcome: "exhausted" });
    },
  );
});

describe("the merchant's own try of an invoice that our attempt has paid meanwhile", () => {
  test("heard of only after the end, is no debt: its key says what it was for", async () => {
    const policy = { ...DEFAULT_POLICY, debtKey: "invoice_id" };
    const one = story({ listLagMs: 5 * MINUTE_MS }, policy);
    one.dodo.merchantCharges(SOFT, { invoice_id: "in_1" });
    await one.until(3, -20 * SECOND_MS);
    const { deliver } = one.world;
    one.world.deliver = (type) => (type === "payment.failed" ? [3 * HOUR_MS] : deliver(type));
    one.dodo.merchantCharges(SOFT, { invoice_id: "in_1" });
    await one.until(40);
    expect(charges(one)).toBe(1);
    expect(one.world.results.map(({ outcome }) => outcome)).toEqual(["recovered", "nothing_owed"]);
  });
});

describe("an attempt that falls into a grace period whose end no webhook tells", () => {
  test("is made once a read shows the hold", async () => {
    const policy = { ...DEFAULT_POLICY, scheduledSubscriptions: "manage" } as const;
    const one = story({ onDemand: false, graceDays: 7 }, policy);
    one.world.deliver = (type) => (type === "payment.failed" ? [1_000] : null);
    one.dodo.merchantCharges(SOFT);
    await one.until(12);
    expect(one.dodo.mutations.map(({ what }) => what)).toEqual(["manual retry"]);
    expect(one.world.results[0]).toMatchObject({ outcome: "recovered", by: "attempt" });
  });
});

describe("Dodo's own retry of a renewal whose recovery is exhausted", () => {
  test("opens nothing: a debt ends once", async () => {
    const policy = { ...DEFAULT_POLICY, scheduledSubscriptions: "manage" } as const;
    const one = story({ onDemand: false }, policy);
    one.dodo.merchantCharges(decline("EXPIRED_CARD"));
    await one.until(33);
    one.dodo.methodId = "pm_2";
    one.dodo.dodoRetries(SOFT);
    await one.until(60);
    expect(one.dodo.mutations).toEqual([]);
    expect(one.world.results.map(({ outcome }) => outcome)).toEqual(["exhausted", "nothing_owed"]);
  });
});

describe("a notice that is one too many by a clock that is behind", () => {
  test("is tried again later, not at once", async () => {
    const few = { ...DEFAULT_POLICY.notices, perCustomerWeek: 1 };
    const one = await failing("EXPIRED_CARD", [], {}, { ...DEFAULT_POLICY, notices: few });
    one.world.clock = { now: () => one.timeline.now() - HOUR_MS, monotonicMs: one.timeline.now };
    await one.until(8);
    const heldBack = one.world.decisions.filter(({ decision }) =>
      decision.reason.startsWith("no notice before"),
    );
    expect(heldBack.length).toBeGreaterThan(1);
    expect(heldBack.length).toBeLessThan(12);
    expect(one.world.mails.length).toBe(2);
  });
});

describe("a payment whose key names a debt that waits behind one without a key", () => {
  test("ends that one, and asks nobody", async () => {
    const one = story({}, { ...DEFAULT_POLICY, debtKey: "invoice_id" });
    one.dodo.verdicts.push({ kind: "stay", status: "processing" });
    one.world.ask(chargeRequested(one.timeline.now()));
    await one.until(1);
    one.dodo.merchantCharges(SOFT, { invoice_id: "in_2" }, 1_500);
    await one.until(1, HOUR_MS);
    const paid = one.dodo.merchantCharges(SUCCEED, { invoice_id: "in_2" }, 1_500);
    await one.until(2);
    expect(told(one)).not.toContain("unattributed_success");
    expect(one.world.recovery?.ended).toMatchObject([
      { outcome: "recovered", by: "merchant", paymentId: paid.paymentId },
    ]);
  });
});

describe("a worker's clock that is set back while an outcome is unknown", () => {
  test("has the absence settle later, by no more reads", async () => {
    const one = await failing("INSUFFICIENT_FUNDS");
    one.dodo.faults.push({ kind: "timeout_before" });
    await one.until(3, HOUR_MS);
    one.world.clock = { now: () => one.timeline.now() - HOUR_MS, monotonicMs: one.timeline.now };
    await one.until(5);
    const reads = one.world.decisions.filter(({ decision }) =>
      decision.reason.includes("is not to be seen"),
    );
    expect(reads.length).toBeLessThan(10);
    expect(one.world.results[0]).toMatchObject({ outcome: "recovered", by: "attempt" });
  });
});

describe("a page of Dodo's that was left", () => {
  test("holds attempts for a day and no longer", async () => {
    const one = await failing("INSUFFICIENT_FUNDS");
    await one.until(2, 12 * HOUR_MS);
    one.dodo.customerChangesMethod("pm_2", { kind: "stay", status: "requires_payment_method" });
    await one.until(3, 6 * HOUR_MS);
    expect(charges(one)).toBe(0);
    await one.untilOver();
    expect(charges(one)).toBe(1);
    expect(told(one)).toEqual([]);
  });

  test("does not keep the customer from another one", async () => {
    const one = await failing("EXPIRED_CARD");
    one.dodo.faults.push({ kind: "lost_after" });
    const lost = one.world.command(LINK);
    await one.until(0, 5 * MINUTE_MS);
    expect(one.world.replies.get(lost)).toMatchObject({ ok: false, code: "not_now" });
    const again = one.world.command(LINK);
    await one.until(0, 6 * MINUTE_MS);
    expect(one.world.replies.get(again)).toMatchObject({ ok: true });
  });
});

describe("the customer's button", () => {
  test("is answered although the card changes while the page is made", async () => {
    const one = await failing("EXPIRED_CARD", [], { holds: false });
    await one.until(1);
    one.dodo.customerChangesMethod("pm_2");
    await one.until(1, 1_010);
    const command = one.world.command(LINK);
    await one.until(2);
    expect(one.world.replies.has(command)).toBe(true);
  });

  test("pressed by too many at once is answered to each", async () => {
    const one = await failing("EXPIRED_CARD");
    const commands = Array.from({ length: 30 }, () => one.world.command(LINK));
    await one.until(0, 5 * MINUTE_MS);
    expect(commands.filter((command) => !one.world.replies.has(command))).toEqual([]);
  });
});

describe("an operator", () => {
  test("who lifts a pause has not answered a question that came meanwhile", async () => {
    const one = await failing("INSUFFICIENT_FUNDS");
    await one.until(1);
    one.world.command(operator("pause"));
    await one.until(1, HOUR_MS);
    one.dodo.merchantCharges(SUCCEED);
    await one.until(1, 2 * HOUR_MS);
    one.world.command(operator("resume"));
    await one.until(20);
    expect(attention(one)).toEqual(["unattributed_success"]);
    expect(charges(one)).toBe(0);
  });

  test("cannot charge while Dodo says that a payment is pending", async () => {
    const one = await failing("INSUFFICIENT_FUNDS");
    one.dodo.faults.push({ kind: "refuse", httpStatus: 409, code: "PREVIOUS_PAYMENT_PENDING" });
    await one.until(3, HOUR_MS);
    const command = one.world.command(RETRY);
    await one.until(3, 2 * HOUR_MS);
    expect(one.world.replies.get(command)).toMatchObject({ ok: false, code: "being_processed" });
  });

  test("who writes off while a read fails is not asked about a debt that is gone", async () => {
    const one = await failing("INSUFFICIENT_FUNDS");
    await one.until(1);
    lockOut(one, HOUR_MS);
    one.dodo.setStatus("on_hold", "subscription.updated");
    await one.until(1, 1_010);
    one.world.command(operator("write_off"));
    await one.until(2);
    expect(one.world.isOpen).toBe(false);
  });

  test("can answer what was unclear at the opening", async () => {
    for (const action of ["mark_paid", "resume"] as const) {
      const one = story({ holds: false });
      one.world.deliver = (type) => (type === "payment.failed" ? [HOUR_MS] : null);
      one.dodo.merchantCharges(SOFT);
      await one.until(0, MINUTE_MS);
      one.dodo.payments.push({
        ...one.dodo.payments[0],
        paymentId: "pay_big",
        createdAt: one.timeline.now(),
        totalMinor: 9_900,
        status: "succeeded",
        declineCode: null,
      } as never);
      await one.until(0, 2 * HOUR_MS);
      expect(attention(one)).toEqual(["unattributed_success"]);
      one.world.command(operator(action));
      await one.untilOver();
      expect(one.world.results[0]?.outcome).toBe("recovered");
      expect(charges(one)).toBe(action === "resume" ? 1 : 0);
    }
  });

  test("is told again when the merchant's fault comes back", async () => {
    const one = await failing("INVALID_AMOUNT", [decline("INVALID_AMOUNT")]);
    await one.until(1);
    one.world.command(operator("resume"));
    await one.until(10);
    expect(told(one)).toEqual(["merchant_code", "merchant_code"]);
    expect(one.world.mails).toEqual([]);
  });

  test("who has looked may end what waits for a payment that never ends", async () => {
    const one = await failing("INSUFFICIENT_FUNDS", [{ kind: "stay", status: "processing" }]);
    await one.until(8);
    one.world.command(operator("write_off"));
    await one.untilOver();
    expect(one.world.results[0]?.outcome).toBe("written_off");
  });

  test("resumes after a refusal, and the attempt is announced and made at its time of day", async () => {
    const one = await failing("INSUFFICIENT_FUNDS");
    one.dodo.faults.push({ kind: "refuse", httpStatus: 422, code: "REQUEST_AMOUNT_BELOW_MINIMUM" });
    await one.until(12, 14 * HOUR_MS);
    one.world.command(operator("resume"));
    await one.untilOver();
    expect(one.transcript().slice(-6)).toEqual(
      [
        "day 13 13:10:00  mail retry_ahead.2",
        "day 14 13:10:00  -> charging",
        "day 14 13:10:00  charge",
        "day 14 13:10:10  -> reactivating",
        "day 14 13:10:10  -> ended",
        "day 14 13:10:10  mail recovered",
      ]
        .concat("end recovered by attempt, reactivated true")
        .slice(-6),
    );
  });
});

describe("an outage", () => {
  test("does not spend the schedule", async () => {
    const one = await failing("INSUFFICIENT_FUNDS", [SOFT, SOFT]);
    one.dodo.faults.push(...Array.from({ length: 6 }, () => ({ kind: "unsent" }) as const));
    await one.untilOver();
    expect(charges(one)).toBe(3);
    expect(one.world.results[0]?.outcome).toBe("recovered");
  });

  test("in which a payment cannot be seen for a moment asks nobody", async () => {
    const one = story();
    const retrieve = one.dodo.retrievePayment.bind(one.dodo);
    one.dodo.retrievePayment = async (id) => {
      const payment = one.dodo.payments.find(({ paymentId }) => paymentId === id);
      if (payment !== undefined && one.timeline.now() < payment.createdAt + 12 * SECOND_MS) {
        throw APIError.generate(404, { code: "NOT_FOUND" }, undefined, new Headers());
      }
      return await retrieve(id);
    };
    one.dodo.merchantCharges(SOFT);
    await one.untilOver();
    expect(told(one)).toEqual([]);
    expect(one.world.results[0]?.outcome).toBe("recovered");
  });

  test("does not let a late answer be taken for another attempt's", async () => {
    const one = await failing("INSUFFICIENT_FUNDS", [SOFT]);
    one.dodo.faults.push({ kind: "timeout_after" }, { kind: "timeout_before" });
    await one.until(3, 12 * SECOND_MS);
    one.world.command(RETRY);
    await one.until(6);
    expect(one.world.decisions.length).toBeLessThan(80);
    expect(one.dodo.succeeded.length).toBeLessThanOrEqual(1);
  });

  test("in which one attempt vanishes three times ends with a person", async () => {
    const one = await failing("INSUFFICIENT_FUNDS");
    one.dodo.faults.push({ kind: "lost_before" }, { kind: "lost_before" }, { kind: "lost_before" });
    await one.until(20);
    expect(attention(one)).toEqual(["unknown_outcome"]);
    expect(charges(one)).toBe(3);
  });
});

describe("the end", () => {
  test("does not cancel a subscription whose customer could not be written to", async () => {
    const policy: Policy = { ...DEFAULT_POLICY, onExhausted: "cancel" };
    const one = await failing("STOLEN_CARD", [], {}, policy);
    const other = story({}, policy);
    other.world.mailer = async () =>
      await Promise.resolve({ kind: "rejected", detail: "SMTP 550" });
    other.dodo.merchantCharges(decline("STOLEN_CARD"));
    await Promise.all([one.untilOver(), other.untilOver()]);
    expect(one.dodo.status).toBe("cancelled");
    expect(other.dodo.status).toBe("on_hold");
  });

  test("waits for the payment that the customer has begun", async () => {
    const one = await failing("EXPIRED_CARD");
    await one.until(1);
    one.world.command(LINK);
    await one.until(1, MINUTE_MS);
    Object.assign(one.dodo.payments[1] ?? {}, { status: "processing" });
    one.world.command(operator("write_off"));
    await one.until(1, 2 * MINUTE_MS);
    one.dodo.end("pay_2", SUCCEED);
    await one.untilOver();
    expect(one.world.results[0]).toMatchObject({ outcome: "recovered", by: "link" });
  });

  test("of an opening that a person wrote off is known to later webhooks", async () => {
    const one = await failing("INSUFFICIENT_FUNDS", [], { onDemand: false });
    one.world.command(operator("write_off"));
    await one.untilOver();
    const [failed] = one.dodo.payments;
    if (failed === undefined) throw new Error("no payment");
    one.world.receive("payment.failed", one.dodo.paymentBody(failed), "msg_again");
    await one.until(5);
    expect(one.world.results.map(({ outcome }) => outcome)).toEqual([
      "written_off",
      "nothing_owed",
    ]);
  });

  test("of nothing is silent: a failed payment of no amount is not owed", async () => {
    const one = story({ priceMinor: 0 });
    one.dodo.status = "active";
    one.dodo.merchantCharges(SOFT);
    await one.until(5);
    expect(one.world.mails).toEqual([]);
  });

  test("explains itself in every decision", async () => {
    const one = await failing("INSUFFICIENT_FUNDS");
    await one.untilOver();
    expect(explain(one.world)).not.toMatch(/: \[|undefined|null/);
    expect(DAY_MS).toBeGreaterThan(0);
  });
});
