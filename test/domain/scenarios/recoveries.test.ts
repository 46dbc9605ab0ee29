import { describe, expect, test } from "vitest";
import type { Verdict } from "../../../dev/model/dodo.ts";
import { DEFAULT_POLICY, type Policy } from "../../../domain/policy.ts";
import type { Command } from "../../../domain/state/command.ts";
import { HOUR_MS } from "../../../domain/values/time.ts";
import { DAY_MS, explain, MINUTE_MS, SECOND_MS, story, type Story } from "../../support/domain/scenario.ts";

const decline = (code: string | null): Verdict => ({ kind: "decline", code });
const SOFT = decline("INSUFFICIENT_FUNDS");

/** Runs a story in which the first charge fails with `code`, and later ones as `verdicts` say. */
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

const outcome = ({ world }: Story): string | undefined =>
  world.results.at(-1)?.outcome ?? undefined;

const operator = (action: "pause" | "resume" | "mark_paid" | "write_off"): Command => ({
  action,
  by: "anna",
  note: "",
});

const retryNow = (confirmedAbsent = false): Command => ({
  action: "retry_now",
  by: "anna",
  note: "",
  confirmedAbsent,
});

describe("a soft decline", () => {
  test("is charged again on days 3 and 10, and recovered", async () => {
    const told = await failing("INSUFFICIENT_FUNDS", [SOFT]);
    await told.untilOver();
    expect(told.transcript()).toEqual([
      "day 0 13:10:20  -> waiting",
      "day 0 15:10:20  mail payment_failed",
      "day 2 13:10:00  mail retry_ahead.2",
      "day 3 13:10:00  -> charging",
      "day 3 13:10:00  charge",
      "day 3 13:10:10  -> waiting",
      "day 9 13:10:00  mail retry_ahead.3",
      "day 10 13:10:00  -> charging",
      "day 10 13:10:00  charge",
      "day 10 13:10:10  -> reactivating",
      "day 10 13:10:10  -> ended",
      "day 10 13:10:10  mail recovered",
      "end recovered by attempt, reactivated true",
    ]);
  });

  test("is charged three more times, then the customer is asked until the window ends", async () => {
    const told = await failing("INSUFFICIENT_FUNDS", [SOFT, SOFT, SOFT]);
    await told.untilOver();
    expect(told.transcript().slice(11)).toEqual([
      "day 17 13:10:00  -> charging",
      "day 17 13:10:00  charge",
      "day 17 13:10:10  -> awaiting_customer",
      "day 17 13:10:10  mail action_needed.4.0",
      "day 20 13:10:10  mail action_needed.4.1",
      "day 24 13:10:10  mail action_needed.4.2",
      "day 27 13:10:00  mail action_needed.4.3",
      "day 30 13:10:00  -> ended",
      "end exhausted by reprise, reactivated null",
    ]);
    expect(charges(told)).toBe(3);
  });

  test("of a transient kind is charged again after a day", async () => {
    const told = await failing("NETWORK_TIMEOUT");
    await told.untilOver();
    expect(told.dodo.mutations.map(({ at }) => new Date(at).toISOString())).toEqual([
      "2026-10-06T13:10:00.050Z",
    ]);
  });

  test("that comes three times in a row stops the schedule", async () => {
    const code = "GENERIC_DECLINE";
    const told = await failing(code, [decline(code), decline(code), decline(code)]);
    await told.untilOver();
    expect(charges(told)).toBe(2);
    expect(explain(told.world)).toContain("decline.repeated");
  });

  test("followed by a hard one stops the schedule at once", async () => {
    const told = await failing("INSUFFICIENT_FUNDS", [decline("EXPIRED_CARD")]);
    await told.untilOver();
    expect(charges(told)).toBe(1);
    expect(told.transcript()).toContain("day 3 13:10:10  mail action_needed.2.0");
  });

  test("in rupees has at most three retries a cycle", async () => {
    const gapsMs = [2, 2, 2, 2, 2].map((days) => days * DAY_MS);
    const policy = { ...DEFAULT_POLICY, retry: { ...DEFAULT_POLICY.retry, gapsMs } };
    const told = await failing(
      "INSUFFICIENT_FUNDS",
      Array(6).fill(SOFT),
      { currency: "INR" },
      policy,
    );
    await told.untilOver();
    expect(charges(told)).toBe(3);
  });
});

describe("a hard decline", () => {
  test("is never charged again, and the customer is told four times", async () => {
    const told = await failing("STOLEN_CARD");
    await told.untilOver();
    expect(told.transcript()).toEqual([
      "day 0 13:10:20  -> awaiting_customer",
      "day 0 13:10:20  mail action_needed.1.0",
      "day 3 13:10:20  mail action_needed.1.1",
      "day 7 13:10:20  mail action_needed.1.2",
      "day 14 13:10:20  mail action_needed.1.3",
      "day 30 13:10:00  -> ended",
      "end exhausted by reprise, reactivated null",
    ]);
    expect(told.dodo.mutations).toEqual([]);
  });

  test("that must stay hidden is written like any other", async () => {
    const texts = await Promise.all(
      ["STOLEN_CARD", "CARD_DECLINED"].map(async (code) => {
        const told = await failing(code);
        return told.world.mails[0]?.text;
      }),
    );
    expect(texts[0]).toBe(texts[1]);
    expect(texts[0]).not.toMatch(/stolen/i);
  });

  test("is recovered by the customer's link on a new card", async () => {
    const told = await failing("EXPIRED_CARD");
    await told.until(2);
    const command = told.world.command({ action: "create_payment_link", debtId: "pay_1" });
    await told.until(2, 10 * SECOND_MS);
    expect(told.world.replies.get(command)).toMatchObject({
      ok: true,
      url: "https://checkout.example/pay_2",
    });
    told.dodo.customerPays("pay_2", "pm_2");
    await told.untilOver();
    expect(told.transcript().slice(-5)).toEqual([
      "day 2 13:10:00  payment_link",
      "day 2 13:10:11  -> reactivating",
      "day 2 13:10:11  -> ended",
      "day 2 13:10:11  mail recovered",
      "end recovered by link, reactivated true",
    ]);
  });

  test("of a code nobody knows asks the customer and tells the operator", async () => {
    const told = await failing("QUANTUM_DECLINE");
    await told.untilOver();
    expect(charges(told)).toBe(0);
    expect(told.world.alerts.map(({ cause }) => cause)).toEqual(["unknown_code"]);
  });
});

describe("a decline on the merchant's side", () => {
  test("troubles no customer, waits for the operator, and goes on when resumed", async () => {
    const told = await failing("INVALID_AMOUNT");
    await told.until(5);
    expect(told.world.mails).toEqual([]);
    expect(told.world.recovery?.state).toBe("needs_attention");
    told.world.command(operator("resume"));
    await told.untilOver();
    expect(outcome(told)).toBe("recovered");
    expect(charges(told)).toBe(1);
  });

  test("never ends in a cancellation", async () => {
    const policy: Policy = { ...DEFAULT_POLICY, onExhausted: "cancel" };
    const told = await failing("INVALID_AMOUNT", [], {}, policy);
    await told.until(60);
    expect(told.dodo.status).toBe("on_hold");
    expect(told.world.isOpen).toBe(true);
  });
});

describe("webhooks", () => {
  test("doubled and shuffled change nothing", async () => {
    const plain = await failing("INSUFFICIENT_FUNDS", [SOFT]);
    await plain.untilOver();
    const told = story();
    told.world.deliver = (type) =>
      type.startsWith("payment") ? [3_000, 900, 40_000] : [100, 50_000, 2_000];
    told.dodo.verdicts.push(SOFT);
    told.dodo.merchantCharges(SOFT);
    await told.untilOver();
    expect(charges(told)).toBe(charges(plain));
    expect(told.dodo.succeeded).toHaveLength(1);
    expect(outcome(told)).toBe("recovered");
  });

  test("that never come are replaced by reading", async () => {
    const told = await failing("INSUFFICIENT_FUNDS");
    told.world.deliver = () => null;
    await told.untilOver();
    expect(told.transcript().slice(-4)).toEqual([
      "day 3 13:10:00  charge",
      "day 3 13:11:00  -> ended",
      "day 3 13:11:00  mail recovered",
      "end recovered by attempt, reactivated true",
    ]);
  });

  test("of a debt that is paid already open nothing and say nothing", async () => {
    const told = story();
    told.world.deliver = (type) => (type === "payment.failed" ? [DAY_MS] : null);
    told.dodo.merchantCharges(SOFT);
    await told.until(0, HOUR_MS);
    told.dodo.merchantCharges({ kind: "succeed" });
    await told.untilOver();
    expect(outcome(told)).toBe("nothing_owed");
    expect(told.world.mails).toEqual([]);
    expect(charges(told)).toBe(0);
  });

  test("replayed after the end never reopen the debt", async () => {
    const told = await failing("STOLEN_CARD");
    await told.untilOver();
    const [failed] = told.dodo.payments;
    if (failed === undefined) throw new Error("no payment");
    told.world.receive("payment.failed", told.dodo.paymentBody(failed), "msg_replayed");
    await told.until(100);
    expect(told.world.results.map((result) => result.outcome)).toEqual([
      "exhausted",
      "nothing_owed",
    ]);
    expect(told.dodo.mutations).toEqual([]);
  });

  test("lag behind no list: a payment that lists do not show yet is read by its name", async () => {
    const told = await failing("INSUFFICIENT_FUNDS", [], { listLagMs: 10 * MINUTE_MS });
    expect(told.world.recovery?.state).toBe("waiting");
  });
});

describe("an unknown outcome", () => {
  test("bars every charge until the payment stayed absent for a day, then the same attempt goes again", async () => {
    const told = await failing("INSUFFICIENT_FUNDS");
    told.dodo.faults.push({ kind: "timeout_before" });
    await told.untilOver();
    expect(told.transcript().slice(3)).toEqual([
      "day 3 13:10:00  -> charging",
      "day 3 13:10:00  charge",
      "day 4 13:11:00  -> waiting",
      "day 4 13:11:00  -> charging",
      "day 4 13:11:00  charge",
      "day 4 13:11:10  -> reactivating",
      "day 4 13:11:10  -> ended",
      "day 4 13:11:10  mail recovered",
      "end recovered by attempt, reactivated true",
    ]);
    expect(told.dodo.payments.map(({ metadata }) => metadata["recovery_attempt"])).toEqual([
      undefined,
      "pay_1.2",
    ]);
  });

  test.each(["timeout_after", "lost_after", "error_after"] as const)(
    "%s is settled by the payment that carries the key, and collects once",
    async (kind) => {
      const told = await failing("INSUFFICIENT_FUNDS");
      told.world.deliver = () => null;
      told.dodo.faults.push({ kind, httpStatus: 500 });
      await told.untilOver();
      expect(charges(told)).toBe(1);
      expect(told.dodo.succeeded).toHaveLength(1);
      expect(outcome(told)).toBe("recovered");
    },
  );

  test("of a killed worker is fenced, whether the charge happened or not", async () => {
    for (const happened of [true, false]) {
      const told = await failing("INSUFFICIENT_FUNDS");
      told.world.deliver = () => null;
      told.world.killCharge = async (run) => {
        if (happened) await run();
        throw new Error("heartbeat timeout");
      };
      await told.untilOver();
      expect(told.dodo.succeeded).toHaveLength(1);
      expect(outcome(told)).toBe("recovered");
    }
  });

  test("is not settled by an operator's impatience, but by a person who has looked", async () => {
    const told = await failing("INSUFFICIENT_FUNDS");
    told.dodo.faults.push({ kind: "lost_before" });
    await told.until(3, HOUR_MS);
    const impatient = told.world.command(retryNow());
    await told.until(3, HOUR_MS + SECOND_MS);
    expect(told.world.replies.get(impatient)).toMatchObject({ ok: false, code: "being_processed" });
    told.world.command(retryNow(true));
    await told.untilOver();
    expect(outcome(told)).toBe("recovered");
    expect(told.dodo.payments.at(-1)?.metadata["recovery_attempt"]).toBe("pay_1.2");
  });

  test("whose request never left needs no fence", async () => {
    const told = await failing("INSUFFICIENT_FUNDS");
    told.dodo.faults.push({ kind: "unsent" });
    await told.untilOver();
    expect(told.transcript()).toContain("day 3 13:11:00  charge");
    expect(outcome(told)).toBe("recovered");
  });

  test("of an accepted payment that stays open is told after three days, and followed to its end", async () => {
    const told = await failing("INSUFFICIENT_FUNDS", [
      { kind: "stay", status: "requires_customer_action" },
    ]);
    await told.until(7);
    expect(told.world.alerts.map(({ cause }) => cause)).toEqual(["outcome_deadline"]);
    expect(charges(told)).toBe(1);
    told.dodo.end("pay_2", { kind: "succeed" });
    await told.untilOver();
    expect(outcome(told)).toBe("recovered");
  });
});

describe("what Dodo refuses", () => {
  test.each([
    "SUBSCRIPTION_INACTIVE",
    "SUBSCRIPTION_PAYMENT_RETRY_LIMIT_EXCEEDED",
    "CHARGE_NOT_ALLOWED_FOR_SCHEDULED_CANCELLATION",
    "NO_ELIGIBLE_PAYMENT_METHODS",
  ])("%s leads to the customer's path", async (code) => {
    const told = await failing("INSUFFICIENT_FUNDS");
    told.dodo.faults.push({ kind: "refuse", httpStatus: 422, code });
    await told.until(4);
    expect(told.world.recovery?.state).toBe("awaiting_customer");
    expect(told.world.mails.at(-1)?.key).toContain("action_needed");
  });

  test("as expired ends as cancelled", async () => {
    const told = await failing("INSUFFICIENT_FUNDS");
    told.dodo.faults.push({ kind: "refuse", httpStatus: 422, code: "SUBSCRIPTION_EXPIRED" });
    await told.untilOver();
    expect(outcome(told)).toBe("cancelled");
  });

  test("as a bad request waits for a person", async () => {
    const told = await failing("INSUFFICIENT_FUNDS");
    told.dodo.faults.push({
      kind: "refuse",
      httpStatus: 422,
      code: "REQUEST_AMOUNT_BELOW_MINIMUM",
    });
    await told.until(10);
    expect(told.world.recovery?.state).toBe("needs_attention");
    expect(charges(told)).toBe(1);
  });

  test.each([401, 403])("with %s leaves the attempt due, and nobody is asked", async (status) => {
    const told = await failing("INSUFFICIENT_FUNDS");
    const refusal = { kind: "refuse", httpStatus: status, code: "UNAUTHORIZED" } as const;
    told.dodo.faults.push(refusal, refusal);
    await told.untilOver();
    expect(charges(told)).toBe(3);
    expect(told.dodo.succeeded).toHaveLength(1);
    expect(told.world.alerts).toEqual([]);
    expect(outcome(told)).toBe("recovered");
  });

  test("for too many requests is tried again later", async () => {
    const told = await failing("INSUFFICIENT_FUNDS");
    told.dodo.faults.push({ kind: "refuse", httpStatus: 429, code: "TOO_MANY_REQUESTS" });
    await told.untilOver();
    expect(charges(told)).toBe(2);
    expect(told.dodo.succeeded).toHaveLength(1);
  });

  test("because a payment is pending is looked for, and asks the customer where none is found", async () => {
    const told = await failing("INSUFFICIENT_FUNDS");
    told.dodo.faults.push({ kind: "refuse", httpStatus: 409, code: "PREVIOUS_PAYMENT_PENDING" });
    await told.until(5);
    expect(charges(told)).toBe(1);
    expect(told.world.recovery?.state).toBe("awaiting_customer");
  });
});

describe("the subscription", () => {
  test("cancelled by the customer ends the recovery", async () => {
    const told = await failing("INSUFFICIENT_FUNDS");
    await told.until(1);
    told.dodo.setStatus("cancelled", "subscription.cancelled");
    await told.untilOver();
    expect(outcome(told)).toBe("cancelled");
    expect(charges(told)).toBe(0);
  });

  test("cancelled without a webhook is found before the charge", async () => {
    const told = await failing("INSUFFICIENT_FUNDS");
    told.world.deliver = () => null;
    told.dodo.setStatus("cancelled", "subscription.cancelled");
    await told.untilOver();
    expect(outcome(told)).toBe("cancelled");
    expect(charges(told)).toBe(0);
  });

  test("still on hold after the payment is looked at for a day, then the operator is told", async () => {
    const told = await failing("INSUFFICIENT_FUNDS");
    const back = told.dodo.setStatus.bind(told.dodo);
    told.dodo.setStatus = (status, type) => (status === "active" ? undefined : back(status, type));
    await told.untilOver();
    expect(told.transcript().slice(-3)).toEqual([
      "day 4 13:10:10  -> ended",
      "day 4 13:10:10  mail recovered",
      "end recovered by attempt, reactivated false",
    ]);
    expect(told.world.alerts.map(({ cause }) => cause)).toEqual(["not_reactivated"]);
  });

  test("that stays active after a failed charge is recovered all the same", async () => {
    const told = await failing("INSUFFICIENT_FUNDS", [], { holds: false });
    await told.untilOver();
    expect(outcome(told)).toBe("recovered");
    expect(charges(told)).toBe(1);
  });

  test("opted out by its metadata is left alone", async () => {
    const told = story();
    told.dodo.metadata["reprise"] = "off";
    told.dodo.merchantCharges(SOFT);
    await told.untilOver();
    expect(outcome(told)).toBe("nothing_owed");
    expect(told.world.mails).toEqual([]);
  });

  test("on hold without any failed payment waits for a person", async () => {
    const told = story();
    told.dodo.setStatus("on_hold", "subscription.on_hold");
    await told.until(1);
    expect(told.world.recovery?.attention[0]?.cause).toBe("hold_without_payment");
  });

  test("whose first payment failed is never charged", async () => {
    const told = story({ holds: false });
    told.dodo.status = "failed";
    told.dodo.merchantCharges(SOFT);
    await told.untilOver();
    expect(outcome(told)).toBe("nothing_owed");
  });
});

describe("the customer", () => {
  test("who changes the card in the portal on a hold has paid the dues", async () => {
    const told = await failing("EXPIRED_CARD");
    await told.until(1);
    told.dodo.customerChangesMethod("pm_2");
    await told.untilOver();
    expect(told.transcript().slice(-1)).toEqual(["end recovered by customer, reactivated true"]);
    expect(charges(told)).toBe(0);
  });

  test("who changes the card of an active subscription is charged once, an hour later", async () => {
    const told = await failing("EXPIRED_CARD", [], { holds: false });
    await told.until(1);
    told.dodo.customerChangesMethod("pm_2");
    await told.untilOver();
    expect(told.dodo.mutations.map(({ at, what }) => [what, at])).toEqual([
      ["charge", told.dodo.mutations[0]?.at],
    ]);
    expect(told.transcript().at(-1)).toBe("end recovered by attempt, reactivated true");
    expect(explain(told.world)).toContain("schedule.method_changed");
  });

  test("on the hosted page is not charged at the same time", async () => {
    const told = await failing("INSUFFICIENT_FUNDS");
    await told.until(3, -HOUR_MS);
    told.world.command({ action: "create_payment_link", debtId: null });
    await told.until(3, 12 * HOUR_MS);
    expect(told.dodo.mutations.map(({ what }) => what)).toEqual(["payment_link"]);
    told.dodo.customerPays("pay_2", "pm_2");
    await told.untilOver();
    expect(charges(told)).toBe(0);
    expect(told.dodo.succeeded).toHaveLength(1);
  });

  test("who leaves the page unused is charged once it has expired", async () => {
    const told = await failing("INSUFFICIENT_FUNDS");
    await told.until(2, 20 * HOUR_MS);
    told.world.command({ action: "create_payment_link", debtId: null });
    await told.until(3, 19 * HOUR_MS);
    expect(charges(told)).toBe(0);
    await told.untilOver();
    expect(charges(told)).toBe(1);
    expect(told.dodo.succeeded).toHaveLength(1);
  });

  test("who presses the button twice gets the same page", async () => {
    const told = await failing("EXPIRED_CARD");
    const commands = [1, 2].map(() =>
      told.world.command({ action: "create_payment_link", debtId: null }),
    );
    await told.until(0, 2 * MINUTE_MS);
    const third = told.world.command({ action: "create_payment_link", debtId: null });
    await told.until(0, 3 * MINUTE_MS);
    const urls = [...commands, third].map((id) => told.world.replies.get(id));
    expect(new Set(urls.map((reply) => JSON.stringify(reply))).size).toBe(1);
    expect(told.dodo.mutations).toHaveLength(1);
  });

  test("who presses the button after paying is told that nothing is owed", async () => {
    const told = await failing("INSUFFICIENT_FUNDS");
    const back = told.dodo.setStatus.bind(told.dodo);
    told.dodo.setStatus = (status, type) => (status === "active" ? undefined : back(status, type));
    await told.until(3, MINUTE_MS);
    const late = told.world.command({ action: "create_payment_link", debtId: null });
    await told.until(3, 2 * MINUTE_MS);
    expect(told.world.replies.get(late)).toMatchObject({ ok: false, code: "nothing_owed" });
  });
});

describe("a payment made elsewhere", () => {
  test("that succeeds stops charging and asks a person, who says that it paid", async () => {
    const told = await failing("INSUFFICIENT_FUNDS");
    await told.until(1);
    told.dodo.merchantCharges({ kind: "succeed" });
    await told.until(20);
    expect(told.world.recovery?.attention[0]?.cause).toBe("unattributed_success");
    expect(charges(told)).toBe(0);
    told.world.command(operator("mark_paid"));
    await told.untilOver();
    expect(told.transcript().at(-1)).toBe("end recovered by operator, reactivated null");
  });

  test("that was for something else lets the recovery go on when resumed", async () => {
    const told = await failing("INSUFFICIENT_FUNDS", [], { holds: false });
    await told.until(1);
    told.dodo.merchantCharges({ kind: "succeed" });
    await told.until(2);
    told.world.command(operator("resume"));
    await told.untilOver();
    expect(outcome(told)).toBe("recovered");
    expect(charges(told)).toBe(1);
  });

  test("that fails is kept as a question", async () => {
    const told = await failing("INSUFFICIENT_FUNDS");
    await told.until(1);
    told.dodo.merchantCharges(SOFT);
    await told.until(2);
    expect(told.world.recovery?.attention[0]?.cause).toBe("second_debt");
    told.world.command(operator("resume"));
    await told.untilOver();
    expect(outcome(told)).toBe("recovered");
  });

  test("and the attempt's own success are told as too much", async () => {
    const told = await failing("INSUFFICIENT_FUNDS", [{ kind: "stay", status: "processing" }]);
    await told.until(3, MINUTE_MS);
    told.dodo.end("pay_2", { kind: "succeed" });
    told.dodo.merchantCharges({ kind: "succeed" });
    await told.until(5);
    expect(told.dodo.succeeded).toHaveLength(2);
  });
});

describe("the operator", () => {
  test("pauses, and the window stands still until it is resumed", async () => {
    const told = await failing("STOLEN_CARD");
    await told.until(1);
    told.world.command(operator("pause"));
    await told.until(41);
    expect(told.world.recovery?.state).toBe("paused");
    const mails = told.world.mails.length;
    told.world.command(operator("resume"));
    await told.untilOver();
    expect(outcome(told)).toBe("exhausted");
    expect(told.transcript().at(-2)).toBe("day 70 13:10:00  -> ended");
    expect(told.world.mails.length).toBeGreaterThan(mails);
  });

  test("resumes, and an attempt that is overdue is announced again", async () => {
    const told = await failing("INSUFFICIENT_FUNDS");
    await told.until(1);
    told.world.command(operator("pause"));
    await told.until(8);
    told.world.command(operator("resume"));
    await told.untilOver();
    expect(told.transcript().filter((line) => /mail retry|charge$/.test(line))).toEqual([
      "day 8 13:10:00  mail retry_ahead.2.moved1",
      "day 9 13:10:00  charge",
    ]);
  });

  test("charges now, and the schedule's budget is not spent by it", async () => {
    const told = await failing("INSUFFICIENT_FUNDS", [SOFT, SOFT, SOFT, SOFT, SOFT]);
    await told.until(1);
    told.world.command(retryNow());
    await told.untilOver();
    expect(charges(told)).toBe(4);
  });

  test("cannot charge a card that must not be charged again", async () => {
    const told = await failing("STOLEN_CARD");
    const command = told.world.command(retryNow());
    await told.until(0, 2 * MINUTE_MS);
    expect(told.world.replies.get(command)).toMatchObject({ ok: false, code: "method_blocked" });
  });

  test("writes off, and the subscription is not touched", async () => {
    const told = await failing("INSUFFICIENT_FUNDS");
    told.world.command(operator("write_off"));
    await told.untilOver();
    expect(outcome(told)).toBe("written_off");
    expect(told.dodo.mutations).toEqual([]);
  });

  test("writes off while a charge is in flight, and what it collects still counts", async () => {
    const told = await failing("INSUFFICIENT_FUNDS");
    await told.until(3, 5 * SECOND_MS);
    told.world.command(operator("write_off"));
    await told.untilOver();
    expect(outcome(told)).toBe("recovered");
  });

  test("cancels in Temporal, which is a write-off", async () => {
    const told = await failing("INSUFFICIENT_FUNDS");
    told.world.push({ kind: "cancel_requested" });
    await told.untilOver();
    expect(outcome(told)).toBe("written_off");
  });
});

describe("the window's end", () => {
  test("cancels the subscription where the policy says so, after one more read", async () => {
    const policy: Policy = { ...DEFAULT_POLICY, onExhausted: "cancel" };
    const told = await failing("STOLEN_CARD", [], {}, policy);
    await told.untilOver();
    expect(told.dodo.status).toBe("cancelled");
    expect(outcome(told)).toBe("exhausted");
  });

  test("waits for a charge that is in flight", async () => {
    const policy: Policy = {
      ...DEFAULT_POLICY,
      windowMs: 4 * DAY_MS,
      quietEndMs: DAY_MS / 2,
      retry: { ...DEFAULT_POLICY.retry, gapsMs: [3 * DAY_MS] },
      notices: { ...DEFAULT_POLICY.notices, hardMs: [0] },
    };
    const told = await failing(
      "INSUFFICIENT_FUNDS",
      [{ kind: "stay", status: "processing" }],
      {},
      policy,
    );
    await told.until(5);
    expect(told.world.isOpen).toBe(true);
    told.dodo.end("pay_2", { kind: "succeed" });
    await told.untilOver();
    expect(outcome(told)).toBe("recovered");
  });

  test("finds a payment that no webhook told of", async () => {
    const told = await failing("STOLEN_CARD");
    await told.until(20);
    told.world.deliver = () => null;
    told.dodo.customerChangesMethod("pm_2");
    await told.untilOver();
    expect(outcome(told)).toBe("recovered");
  });
});
