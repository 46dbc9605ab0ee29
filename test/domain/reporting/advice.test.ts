import { describe, expect, test } from "vitest";
import type { Verdict } from "../../../dev/model/ledger.ts";
import { HANDLING } from "../../../domain/declines/handling.ts";
import { DEFAULT_POLICY, type Policy } from "../../../domain/policy.ts";
import type { PublishedAdvice } from "../../../domain/state/publication.ts";
import type { Instant } from "../../../domain/values/time.ts";
import {
  DAY_0,
  DAY_MS,
  dayOf,
  HOUR_MS,
  MINUTE_MS,
  type Scenario,
  startScenario,
} from "../../support/domain/scenario.ts";

const decline = (code = "INSUFFICIENT_FUNDS"): Verdict => ({ kind: "decline", code });
const SUCCEED: Verdict = { kind: "succeed" };

/** A recovery in advise mode whose first charge failed a minute ago. */
async function advising(
  code = "INSUFFICIENT_FUNDS",
  policy: Partial<Policy> = {},
): Promise<Scenario> {
  const run = startScenario({}, { ...DEFAULT_POLICY, ...policy }, "advise");
  run.world.publishes = true;
  run.dodo.merchantCharges(decline(code));
  await run.until(0, MINUTE_MS);
  return run;
}

type Told = PublishedAdvice & { readonly toldAt: Instant; readonly id: string };

function adviceOf({ world }: Scenario): Told[] {
  return world.published.flatMap(({ advice, at, id }) =>
    advice === undefined ? [] : [{ ...advice, toldAt: at, id }],
  );
}

/** What was advised, when, without what reads and webhooks bring about in between. */
const lines = (run: Scenario): string[] =>
  adviceOf(run).map(({ toldAt, action, at, attemptKey, notice }) =>
    [
      dayOf(toldAt).replace(/:\d\d$/, ""),
      action,
      ...(attemptKey === null ? [] : [attemptKey]),
      ...(at === null ? [] : [`at ${dayOf(at).replace(/:\d\d$/, "")}`]),
      ...(notice === undefined ? [] : [notice]),
    ].join(" "),
  );

const charges = (run: Scenario): Told[] =>
  adviceOf(run).filter(({ action }) => action === "charge");

/** The merchant charges with a key, by default that of the latest advice. */
function chargeWithKey(
  run: Scenario,
  verdict: Verdict,
  key = charges(run).at(-1)?.attemptKey ?? "",
  priceMinor?: number,
): void {
  run.dodo.merchantCharges(verdict, { recovery_attempt: key }, priceMinor);
}

const attempts = ({ world }: Scenario): string[] =>
  (world.results[0]?.debts[0]?.attempts ?? world.recovery?.attempts ?? []).map(
    ({ number, result, paymentId }) => `${number} ${result} ${paymentId}`,
  );

const asks = ({ world }: Scenario): string[] =>
  (world.recovery?.attention ?? []).map(({ cause }) => cause);

const causes = ({ world }: Scenario): string[] => world.alerts.map(({ cause }) => cause);

const by = { by: "berta", note: "" } as const;

/** To just after the time of the advised attempt. */
async function untilDue(run: Scenario): Promise<void> {
  const at = charges(run).at(-1)?.at ?? 0;
  await run.until((at - DAY_0) / DAY_MS);
}

describe("advise mode", () => {
  test("advises each attempt ahead, and takes the merchant's charges with the key as its attempts", async () => {
    const run = await advising();
    await untilDue(run);
    chargeWithKey(run, decline());
    await run.until(4);
    await untilDue(run);
    chargeWithKey(run, SUCCEED);
    await run.untilOver();
    expect(lines(run)).toEqual([
      "day 0 13:10 charge pay_1.2 at day 3 13:10",
      "day 0 15:10 notify_customer payment_failed",
      "day 2 13:10 notify_customer retry_ahead",
      "day 3 13:10 charge pay_1.3 at day 10 13:10",
      "day 9 13:10 notify_customer retry_ahead",
      "day 10 13:10 stop",
      "day 10 13:10 stop",
      "day 10 13:10 notify_customer recovered",
    ]);
    expect(attempts(run)).toEqual(["1 declined pay_1", "2 declined pay_2", "3 succeeded pay_3"]);
    expect(run.world.results[0]).toMatchObject({ outcome: "recovered", by: "attempt" });
    expect(run.dodo.mutations).toEqual([]);
    expect(run.world.mails).toEqual([]);
    expect(run.world.published.every(({ type }) => type === "recovery.advice")).toBe(true);
  });

  test.each(HANDLING.map(({ code }) => code))(
    "sends nothing after %s, and advises each attempt once for a time",
    async (code) => {
      const run = await advising(code, { onExhausted: "cancel" });
      await run.until(35);
      expect(run.dodo.mutations).toEqual([]);
      expect(run.world.mails).toEqual([]);
      const told = charges(run).map(({ attemptKey, at }) => `${attemptKey} ${at}`);
      expect(new Set(told).size).toBe(told.length);
      expect(lines(run).length).toBeGreaterThan(0);
    },
  );

  test("advises what `act` would do, at the same time", async () => {
    const act = startScenario();
    act.dodo.merchantCharges(decline());
    await act.until(0, MINUTE_MS);
    const run = await advising();
    expect(charges(run)[0]?.at).toBe(act.world.recovery?.plan?.at);
  });

  test("gives the price to request, the time, and until when the attempt may be made", async () => {
    const run = await advising();
    const [first] = charges(run);
    expect(first).toMatchObject({ priceMinor: 2_900, attemptKey: "pay_1.2" });
    expect((first?.validUntil ?? 0) - (first?.at ?? 0)).toBe(DAY_MS);
  });

  test("is pinned when a recovery opens", async () => {
    const run = await advising();
    expect(run.world.recovery?.mode).toBe("advise");
  });

  test("without outgoing webhooks, records the same attempts and advises nothing", async () => {
    const run = startScenario({}, DEFAULT_POLICY, "advise");
    run.dodo.merchantCharges(decline());
    await run.until(35);
    expect(run.world.published).toEqual([]);
    expect(run.dodo.mutations).toEqual([]);
  });
});

describe("advice that the merchant does not take", () => {
  test("is given twice more under the same key; then a person is asked, and the answer continues", async () => {
    const run = await advising();
    await run.until(20);
    expect(charges(run).map(({ attemptKey }) => attemptKey)).toEqual(Array(3).fill("pay_1.2"));
    expect(causes(run)).toEqual(["advice_not_taken", "advice_not_taken"]);
    expect(asks(run)).toEqual(["advice_not_taken"]);
    expect(lines(run).at(-1)).toContain("wait");
    // No charge that was not made counts as a decline.
    expect(attempts(run)).toEqual(["1 declined pay_1"]);
    run.world.command({ action: "resume", ...by });
    await run.until(21);
    expect(charges(run).at(-1)).toMatchObject({ attemptKey: "pay_1.2" });
    expect(charges(run).at(-1)?.at).toBeGreaterThan(DAY_0 + 20 * DAY_MS);
  });

  test("to cancel the subscription follows the end of an unpaid debt", async () => {
    const run = await advising("EXPIRED_CARD", { onExhausted: "cancel" });
    await run.untilOver();
    expect(run.world.results[0]?.outcome).toBe("exhausted");
    expect(
      lines(run)
        .slice(-3)
        .map((line) => line.split(" ").slice(3).join(" ")),
    ).toEqual(["stop", "cancel_subscription", "notify_customer cancelled"]);
    expect(run.dodo.status).toBe("on_hold");
  });

  test("is not given again where the webhook of the charge was lost: a read finds it", async () => {
    const run = await advising();
    await untilDue(run);
    run.world.deliver = () => null;
    chargeWithKey(run, decline());
    await run.until(5);
    expect(attempts(run)).toEqual(["1 declined pay_1", "2 declined pay_2"]);
    expect(charges(run).map(({ attemptKey }) => attemptKey)).toEqual(["pay_1.2", "pay_1.3"]);
    expect(causes(run)).toEqual([]);
  });

  test("is given again when its webhook could not be enqueued, and the operator is notified", async () => {
    const run = startScenario({}, DEFAULT_POLICY, "advise");
    run.world.publishes = true;
    run.world.enqueuesDeliveries = false;
    run.dodo.merchantCharges(decline());
    await run.until(1);
    expect(causes(run)).toContain("webhook_undelivered");
    run.world.enqueuesDeliveries = true;
    await run.until(6);
    expect(charges(run)[0]?.attemptKey).toBe("pay_1.2");
  });
});

describe("a charge by the merchant with the key", () => {
  test("counts also when it is early", async () => {
    const run = await advising();
    await run.until(1);
    chargeWithKey(run, decline());
    await run.until(2);
    expect(attempts(run)).toEqual(["1 declined pay_1", "2 declined pay_2"]);
    expect(charges(run).at(-1)?.attemptKey).toBe("pay_1.3");
  });

  test("counts also when it is late, once", async () => {
    const run = await advising();
    await run.until(6);
    chargeWithKey(run, decline());
    await run.until(7);
    expect(attempts(run)).toEqual(["1 declined pay_1", "2 declined pay_2"]);
    expect(charges(run).at(-1)?.attemptKey).toBe("pay_1.3");
  });

  test.each([
    ["STOLEN_CARD", "ask_customer", [] as string[]],
    ["EXPIRED_CARD", "ask_customer", []],
    ["INVALID_AMOUNT", "wait", ["merchant_code"]],
    ["NETWORK_ERROR", "charge", []],
  ])("that fails with %s leads to the advice `%s`", async (code, action, asked) => {
    const run = await advising();
    await untilDue(run);
    chargeWithKey(run, decline(code));
    await run.until(3, 14 * HOUR_MS);
    expect(adviceOf(run).findLast((one) => one.action !== "notify_customer")?.action).toBe(action);
    expect(asks(run)).toEqual(asked);
  });

  test("counts once where two fail with one key", async () => {
    const run = await advising();
    await untilDue(run);
    chargeWithKey(run, decline(), "pay_1.2");
    await run.until(4);
    chargeWithKey(run, decline(), "pay_1.2");
    await run.until(5);
    expect(attempts(run)).toEqual(["1 declined pay_1", "2 declined pay_2"]);
    expect(charges(run).map(({ attemptKey }) => attemptKey)).toEqual(["pay_1.2", "pay_1.3"]);
    expect(asks(run)).toEqual([]);
  });

  test("pays the debt where the second with one key succeeds", async () => {
    const run = await advising();
    await untilDue(run);
    chargeWithKey(run, decline(), "pay_1.2");
    await run.until(4);
    chargeWithKey(run, SUCCEED, "pay_1.2");
    await run.untilOver();
    expect(run.world.results[0]).toMatchObject({ outcome: "recovered", by: "attempt" });
    expect(attempts(run)).toEqual(["1 declined pay_1", "2 declined pay_2"]);
  });

  test("is reported as too much where two succeed with one key", async () => {
    const run = startScenario({ reactivates: false }, DEFAULT_POLICY, "advise");
    run.world.publishes = true;
    run.dodo.merchantCharges(decline());
    await run.until(0, MINUTE_MS);
    await untilDue(run);
    chargeWithKey(run, SUCCEED, "pay_1.2");
    await run.until(3, 14 * HOUR_MS);
    chargeWithKey(run, SUCCEED, "pay_1.2");
    await run.until(5);
    expect(causes(run)).toContain("overcharged");
  });

  test("asks a person where it collects less than the price", async () => {
    const run = await advising();
    await untilDue(run);
    chargeWithKey(run, SUCCEED, "pay_1.2", 900);
    await run.until(4);
    expect(asks(run)).toEqual(["unattributed_success"]);
    expect(run.world.recovery?.settlement).toBeNull();
  });

  test("holds further advice while it is open, and continues from its end", async () => {
    const run = await advising();
    await untilDue(run);
    chargeWithKey(run, { kind: "stay", status: "processing" });
    await run.until(3, 14 * HOUR_MS);
    expect(lines(run).at(-1)).toContain("wait");
    run.dodo.end("pay_2", decline());
    await run.until(5);
    expect(attempts(run)).toEqual(["1 declined pay_1", "2 declined pay_2"]);
    expect(charges(run).at(-1)?.attemptKey).toBe("pay_1.3");
  });
});

describe("a charge by the merchant without the advised key", () => {
  test("asks a person where it fails, and the answer continues the advice", async () => {
    const run = await advising();
    await run.until(1);
    run.dodo.merchantCharges(decline());
    await run.until(1, HOUR_MS);
    expect(asks(run)).toEqual(["second_debt"]);
    expect(lines(run).at(-1)).toContain("wait");
    run.world.command({ action: "resume", ...by });
    await run.until(1, 2 * HOUR_MS);
    expect(asks(run)).toEqual([]);
    expect(charges(run).at(-1)?.attemptKey).toBe("pay_1.2");
    expect(attempts(run)).toEqual(["1 declined pay_1"]);
  });

  test("asks a person where it succeeds, and the answer ends the debt", async () => {
    const run = await advising();
    await run.until(1);
    run.dodo.merchantCharges(SUCCEED);
    await run.until(1, HOUR_MS);
    expect(asks(run)).toEqual(["unattributed_success"]);
    run.world.command({ action: "mark_paid", ...by });
    await run.untilOver();
    expect(lines(run).at(-1)).toContain("stop");
  });

  test.each(["pay_1.3", "pay_1.9"])(
    "asks a person also where it carries %s, which was not advised",
    async (key) => {
      const run = await advising();
      await run.until(1);
      chargeWithKey(run, decline(), key);
      await run.until(2);
      expect(attempts(run)).toEqual(["1 declined pay_1"]);
      expect(asks(run)).toEqual(["second_debt"]);
    },
  );
});

describe("the advice to wait", () => {
  test("goes out when an operator pauses, and ends when the recovery is resumed", async () => {
    const run = await advising();
    await run.until(1);
    run.world.command({ action: "pause", ...by });
    await run.until(1, HOUR_MS);
    expect(lines(run).at(-1)).toContain("wait");
    run.world.command({ action: "resume", ...by });
    await run.until(1, 2 * HOUR_MS);
    expect(charges(run).at(-1)?.attemptKey).toBe("pay_1.2");
  });

  test("says that Dodo retries a scheduled subscription, whatever the policy", async () => {
    const policy = { ...DEFAULT_POLICY, scheduledSubscriptions: "manage" as const };
    const run = startScenario({ onDemand: false }, policy, "advise");
    run.world.publishes = true;
    run.dodo.merchantCharges(decline());
    await run.until(1);
    expect(lines(run).map((line) => line.split(" ")[3])).toEqual(["wait"]);
  });
});

test("advises to stop where the customer pays before an attempt was advised", async () => {
  const run = startScenario({}, DEFAULT_POLICY, "advise");
  run.world.publishes = true;
  run.dodo.merchantCharges(decline(), { invoice_id: "in_1" });
  await run.until(0, 12_000);
  run.dodo.customerChangesMethod("pm_2");
  await run.untilOver();
  expect(lines(run).map((line) => line.split(" ")[3])).toEqual(["wait", "stop", "stop"]);
});
