import { describe, expect, test } from "vitest";
import type { Verdict } from "../../../dev/model/dodo.ts";
import { DEFAULT_POLICY, type Policy } from "../../../domain/policy.ts";
import { RESUME } from "../../support/domain/operator-commands.ts";
import { DAY_MS, explain, HOUR_MS, MINUTE_MS, story, type Story } from "../../support/domain/scenario.ts";

const decline = (code: string): Verdict => ({ kind: "decline", code });
const SOFT = decline("INSUFFICIENT_FUNDS");
const SUCCEED: Verdict = { kind: "succeed" };

const OBSERVE: Policy = DEFAULT_POLICY;
const MANAGE: Policy = { ...DEFAULT_POLICY, scheduledSubscriptions: "manage" };

/** A renewal of a scheduled subscription fails. */
async function renewalFails(
  policy: Policy,
  verdicts: readonly Verdict[] = [],
  first: Verdict = SOFT,
): Promise<Story> {
  const told = story({ onDemand: false }, policy);
  told.dodo.verdicts.push(...verdicts);
  told.dodo.merchantCharges(first);
  await told.until(0, MINUTE_MS);
  return told;
}

const retries = ({ dodo }: Story): number =>
  dodo.mutations.filter(({ what }) => what === "manual retry").length;

const last = ({ world }: Story): string => {
  const result = world.results.at(-1);
  return `${result?.outcome} by ${result?.by}`;
};

describe("observe: Dodo owns the renewal", () => {
  test("its retry recovers it; nothing was charged or sent by us", async () => {
    const told = await renewalFails(OBSERVE);
    expect(told.world.recovery?.state).toBe("observing");
    told.timeline.at(told.timeline.now() + 12 * HOUR_MS, () => told.dodo.dodoRetries(SOFT));
    told.timeline.at(told.timeline.now() + 36 * HOUR_MS, () => told.dodo.dodoRetries(SUCCEED));
    await told.untilOver();
    expect(last(told)).toBe("recovered by dodo");
    expect(told.dodo.mutations).toEqual([]);
    expect(told.world.mails).toEqual([]);
    expect(told.world.alerts).toEqual([]);
  });

  test("found without any webhook, by looking", async () => {
    const told = await renewalFails(OBSERVE);
    told.world.deliver = () => null;
    told.timeline.at(told.timeline.now() + 12 * HOUR_MS, () => told.dodo.dodoRetries(SUCCEED));
    await told.until(2);
    expect(last(told)).toBe("recovered by dodo");
  });

  test("48 hours without a sign: a person is asked, once", async () => {
    const told = await renewalFails(OBSERVE);
    await told.until(2, 2 * HOUR_MS);
    expect(told.world.alerts.map(({ cause }) => cause)).toEqual(["no_dodo_activity"]);
    expect(told.world.alerts[0]?.at).toBeGreaterThanOrEqual(
      (told.dodo.payments[0]?.createdAt ?? 0) + 48 * HOUR_MS,
    );
    told.world.command(RESUME);
    await told.until(20);
    expect(told.world.alerts).toHaveLength(1);
    expect(told.world.recovery?.state).toBe("observing");
  });

  test("a sign answers the question by itself", async () => {
    const told = await renewalFails(OBSERVE);
    await told.until(3);
    expect(told.world.recovery?.state).toBe("needs_attention");
    told.dodo.dodoRetries(SOFT);
    await told.until(3, HOUR_MS);
    expect(told.world.recovery?.state).toBe("observing");
  });

  test("Dodo's dunning mails are a sign", async () => {
    const told = await renewalFails(OBSERVE);
    told.dodo.dodoDuns("dunning.started");
    await told.until(4);
    expect(told.world.recovery?.state).toBe("observing");
    expect(explain(told.world)).toContain("dunning.started");
  });

  test("unpaid to the window's end it is exhausted, and never cancelled by us", async () => {
    const told = await renewalFails({ ...OBSERVE, onExhausted: "cancel" });
    told.dodo.dodoDuns("dunning.started");
    await told.untilOver();
    expect(last(told)).toBe("exhausted by reprise");
    expect(told.dodo.mutations).toEqual([]);
  });

  test("an operator cannot charge it, nor a customer be sent to a page", async () => {
    const told = await renewalFails(OBSERVE);
    const retry = told.world.command({
      action: "retry_now",
      by: "anna",
      note: "",
      confirmedAbsent: false,
    });
    const page = told.world.command({ action: "create_payment_link", debtId: null });
    await told.until(0, 2 * MINUTE_MS);
    expect(told.world.replies.get(retry)).toMatchObject({ ok: false, code: "not_applicable" });
    expect(told.world.replies.get(page)).toMatchObject({ ok: false, code: "not_now" });
  });

  test("paid by the customer in Dodo's portal", async () => {
    const told = await renewalFails(OBSERVE);
    told.timeline.at(told.timeline.now() + DAY_MS, () => told.dodo.customerChangesMethod("pm_2"));
    await told.untilOver();
    expect(last(told)).toBe("recovered by customer");
  });
});

describe("what is a sign of Dodo's own recovery", () => {
  test("a webhook about an older sign does not make it younger", async () => {
    const told = await renewalFails(OBSERVE);
    told.dodo.dodoDuns("dunning.started");
    await told.until(0, HOUR_MS);
    const sign = told.world.recovery?.dodoActiveAt;
    expect(sign).toBeGreaterThan(0);
    await told.until(3);
    expect(told.world.recovery?.dodoActiveAt).toBe(sign);
  });

  test("a later retry does", async () => {
    const told = await renewalFails(OBSERVE);
    told.dodo.dodoDuns("dunning.started");
    await told.until(1);
    const retry = told.dodo.dodoRetries(SOFT);
    await told.until(1, HOUR_MS);
    expect(told.world.recovery?.dodoActiveAt).toBe(retry.createdAt);
  });

  test("dunning after the debt has ended is nothing", async () => {
    const told = await renewalFails(OBSERVE);
    told.dodo.dodoRetries(SUCCEED);
    await told.untilOver();
    const runs = told.world.results.length;
    told.dodo.dodoDuns("dunning.recovered");
    await told.until(5);
    expect(told.world.results).toHaveLength(runs);
  });

  test("our own manual retry is none", async () => {
    const told = await renewalFails(MANAGE, [SOFT]);
    await told.until(5);
    expect(retries(told)).toBe(1);
    expect(told.world.recovery?.dodoActiveAt).toBeNull();
    expect(told.world.recovery?.state).toBe("waiting");
  });

  test("a retry of an earlier renewal is none", async () => {
    const told = story({ onDemand: false }, MANAGE);
    told.world.deliver = () => null;
    told.dodo.dodoRetries(SUCCEED);
    await told.until(1);
    told.world.deliver = () => [1_000];
    told.dodo.merchantCharges(SOFT);
    await told.until(3);
    expect(told.world.recovery?.dodoActiveAt).toBeNull();
    expect(told.world.recovery?.state).toBe("waiting");
  });

  test("while it is paid nothing is looked at but its subscription's return", async () => {
    const told = await renewalFails(OBSERVE);
    const change = told.dodo.setStatus.bind(told.dodo);
    told.dodo.setStatus = (status, type) =>
      status === "active" ? undefined : change(status, type);
    told.dodo.dodoRetries(SUCCEED);
    await told.until(0, 12 * HOUR_MS);
    expect(told.world.recovery?.state).toBe("reactivating");
    await told.until(3);
    expect(told.world.alerts.map(({ cause }) => cause)).toEqual(["not_reactivated"]);
  });
});

describe("manage: our notices, and Dodo's manual retry", () => {
  test("is retried on days 3 and 10, with notices, and recovered", async () => {
    const told = await renewalFails(MANAGE, [SOFT]);
    await told.untilOver();
    expect(told.dodo.mutations.map(({ what }) => what)).toEqual(["manual retry", "manual retry"]);
    expect(last(told)).toBe("recovered by attempt");
    expect(told.world.mails.map(({ key }) => key.split("/").at(-1))).toContain("retry_ahead.2");
  });

  test("has three retries in all, then the customer is asked", async () => {
    const told = await renewalFails(MANAGE, [SOFT, SOFT, SOFT]);
    await told.untilOver();
    expect(retries(told)).toBe(3);
    expect(last(told)).toBe("exhausted by reprise");
  });

  test("Dodo's own retry takes it over: we stand back", async () => {
    const told = await renewalFails(MANAGE);
    told.timeline.at(told.timeline.now() + 12 * HOUR_MS, () => told.dodo.dodoRetries(SOFT));
    await told.until(25);
    expect(retries(told)).toBe(0);
    expect(told.world.recovery?.state).toBe("observing");
    expect(explain(told.world)).toContain("dodo_retries.observed");
  });

  test("Dodo's own retry, of which no webhook told, is seen before the request leaves", async () => {
    const told = await renewalFails(MANAGE);
    told.world.deliver = () => null;
    told.timeline.at(told.timeline.now() + 12 * HOUR_MS, () => told.dodo.dodoRetries(SOFT));
    await told.until(4);
    expect(retries(told)).toBe(0);
    expect(told.world.recovery?.state).toBe("observing");
  });

  test("dunning.started before anything else: observed from the start", async () => {
    const told = story({ onDemand: false }, MANAGE);
    told.dodo.merchantCharges(SOFT);
    told.timeline.at(told.timeline.now() + 12_000, () => told.dodo.dodoDuns("dunning.started"));
    await told.until(10);
    expect(retries(told)).toBe(0);
    expect(told.world.recovery?.state).toBe("observing");
  });

  test("a lost answer is found by the payment that came since", async () => {
    const told = await renewalFails(MANAGE);
    told.dodo.faults.push({ kind: "lost_after" });
    await told.untilOver();
    expect(retries(told)).toBe(1);
    expect(told.dodo.succeeded).toHaveLength(1);
    expect(last(told)).toBe("recovered by attempt");
  });

  test("a webhook that comes before the answer is of our own retry", async () => {
    const told = await renewalFails(MANAGE, [SOFT]);
    told.dodo.faults.push({ kind: "slow_after" }, { kind: "slow_after" });
    await told.untilOver();
    expect(retries(told)).toBe(2);
    expect(last(told)).toBe("recovered by attempt");
  });

  test("a lost request that did nothing goes again after a day of looking", async () => {
    const told = await renewalFails(MANAGE);
    told.dodo.faults.push({ kind: "lost_before" });
    await told.untilOver();
    expect(retries(told)).toBe(2);
    expect(told.dodo.succeeded).toHaveLength(1);
    expect(explain(told.world)).toContain("charge.absent");
  });

  test("a past_due subscription is not retried until Dodo holds it", async () => {
    const told = await renewalFails(MANAGE);
    told.dodo.setStatus("past_due", "subscription.past_due");
    await told.until(5);
    expect(retries(told)).toBe(0);
    told.dodo.setStatus("on_hold", "subscription.on_hold");
    await told.untilOver();
    expect(retries(told)).toBe(1);
    expect(last(told)).toBe("recovered by attempt");
  });

  test("what Dodo does not take goes the customer's way", async () => {
    const told = await renewalFails(MANAGE);
    told.dodo.retryState = async () =>
      await Promise.resolve({
        can_retry: false,
        reason: "A_NEW_REASON",
        sends_allowed: 3,
        sends_used: 0,
        retry_available_at: null,
      });
    await told.until(4);
    expect(retries(told)).toBe(0);
    expect(told.world.recovery?.state).toBe("awaiting_customer");
    expect(explain(told.world)).toContain("A_NEW_REASON");
  });

  test("a cooldown is waited for", async () => {
    const told = await renewalFails(MANAGE);
    const state = told.dodo.retryState.bind(told.dodo);
    const until = told.timeline.now() + 5 * DAY_MS;
    told.dodo.retryState = async () =>
      told.timeline.now() >= until
        ? await state()
        : {
            can_retry: false,
            reason: "MANUAL_RETRY_LIMIT_REACHED",
            sends_allowed: 3,
            sends_used: 1,
            retry_available_at: new Date(until).toISOString(),
          };
    await told.untilOver();
    expect(told.dodo.mutations.map(({ at }) => at >= until)).toEqual([true]);
    expect(last(told)).toBe("recovered by attempt");
  });
});
