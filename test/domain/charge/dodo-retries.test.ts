import { describe, expect, test } from "vitest";
import type { Verdict } from "../../../dev/model/dodo.ts";
import { DEFAULT_POLICY, type Policy } from "../../../domain/policy.ts";
import { RESUME } from "../../support/domain/operator-commands.ts";
import {
  DAY_MS,
  describeDecisions,
  HOUR_MS,
  MINUTE_MS,
  type Scenario,
  startScenario,
} from "../../support/domain/scenario.ts";

const decline = (code: string): Verdict => ({ kind: "decline", code });
const SOFT = decline("INSUFFICIENT_FUNDS");
const SUCCEED: Verdict = { kind: "succeed" };

const OBSERVE: Policy = DEFAULT_POLICY;
const MANAGE: Policy = { ...DEFAULT_POLICY, scheduledSubscriptions: "manage" };

/** A scheduled subscription whose renewal has just failed. */
async function renewalFails(
  policy: Policy,
  verdicts: readonly Verdict[] = [],
  first: Verdict = SOFT,
): Promise<Scenario> {
  const run = startScenario({ onDemand: false }, policy);
  run.dodo.verdicts.push(...verdicts);
  run.dodo.merchantCharges(first);
  await run.until(0, MINUTE_MS);
  return run;
}

const retries = ({ dodo }: Scenario): number =>
  dodo.mutations.filter(({ what }) => what === "manual retry").length;

const last = ({ world }: Scenario): string => {
  const result = world.results.at(-1);
  return `${result?.outcome} by ${result?.by}`;
};

describe("a scheduled subscription under the policy `observe`", () => {
  test("is recovered by Dodo's retry while Reprise charges and sends nothing", async () => {
    const run = await renewalFails(OBSERVE);
    expect(run.world.recovery?.state).toBe("observing");
    run.timeline.at(run.timeline.now() + 12 * HOUR_MS, () => run.dodo.dodoRetries(SOFT));
    run.timeline.at(run.timeline.now() + 36 * HOUR_MS, () => run.dodo.dodoRetries(SUCCEED));
    await run.untilOver();
    expect(last(run)).toBe("recovered by dodo");
    expect(run.dodo.mutations).toEqual([]);
    expect(run.world.mails).toEqual([]);
    expect(run.world.alerts).toEqual([]);
  });

  test("finds the success of Dodo's retry by a read when webhooks are lost", async () => {
    const run = await renewalFails(OBSERVE);
    run.world.deliver = () => null;
    run.timeline.at(run.timeline.now() + 12 * HOUR_MS, () => run.dodo.dodoRetries(SUCCEED));
    await run.until(2);
    expect(last(run)).toBe("recovered by dodo");
  });

  test("asks a person once after 48 hours without a sign of Dodo's recovery", async () => {
    const run = await renewalFails(OBSERVE);
    await run.until(2, 2 * HOUR_MS);
    expect(run.world.alerts.map(({ cause }) => cause)).toEqual(["no_dodo_activity"]);
    expect(run.world.alerts[0]?.at).toBeGreaterThanOrEqual(
      (run.dodo.payments[0]?.createdAt ?? 0) + 48 * HOUR_MS,
    );
    run.world.command(RESUME);
    await run.until(20);
    expect(run.world.alerts).toHaveLength(1);
    expect(run.world.recovery?.state).toBe("observing");
  });

  test("resolves the question when Dodo's recovery shows", async () => {
    const run = await renewalFails(OBSERVE);
    await run.until(3);
    expect(run.world.recovery?.state).toBe("needs_attention");
    run.dodo.dodoRetries(SOFT);
    await run.until(3, HOUR_MS);
    expect(run.world.recovery?.state).toBe("observing");
  });

  test("takes Dodo's dunning emails for a sign of its recovery", async () => {
    const run = await renewalFails(OBSERVE);
    run.dodo.dodoDuns("dunning.started");
    await run.until(4);
    expect(run.world.recovery?.state).toBe("observing");
    expect(describeDecisions(run.world)).toContain("dunning.started");
  });

  test("is exhausted at the window's end, and never cancelled by Reprise", async () => {
    const run = await renewalFails({ ...OBSERVE, onExhausted: "cancel" });
    run.dodo.dodoDuns("dunning.started");
    await run.untilOver();
    expect(last(run)).toBe("exhausted by reprise");
    expect(run.dodo.mutations).toEqual([]);
  });

  test("refuses an operator's charge and a customer's payment page", async () => {
    const run = await renewalFails(OBSERVE);
    const retry = run.world.command({
      action: "retry_now",
      by: "anna",
      note: "",
      confirmedAbsent: false,
    });
    const page = run.world.command({ action: "create_payment_link", debtId: null });
    await run.until(0, 2 * MINUTE_MS);
    expect(run.world.replies.get(retry)).toMatchObject({ ok: false, code: "not_applicable" });
    expect(run.world.replies.get(page)).toMatchObject({ ok: false, code: "not_now" });
  });

  test("is recovered by the customer in Dodo's portal", async () => {
    const run = await renewalFails(OBSERVE);
    run.timeline.at(run.timeline.now() + DAY_MS, () => run.dodo.customerChangesMethod("pm_2"));
    await run.untilOver();
    expect(last(run)).toBe("recovered by customer");
  });
});

describe("a sign of Dodo's own recovery", () => {
  test("keeps its time when nothing newer shows", async () => {
    const run = await renewalFails(OBSERVE);
    run.dodo.dodoDuns("dunning.started");
    await run.until(0, HOUR_MS);
    const sign = run.world.recovery?.dodoActiveAt;
    expect(sign).toBeGreaterThan(0);
    await run.until(3);
    expect(run.world.recovery?.dodoActiveAt).toBe(sign);
  });

  test("takes the time of a later retry", async () => {
    const run = await renewalFails(OBSERVE);
    run.dodo.dodoDuns("dunning.started");
    await run.until(1);
    const retry = run.dodo.dodoRetries(SOFT);
    await run.until(1, HOUR_MS);
    expect(run.world.recovery?.dodoActiveAt).toBe(retry.createdAt);
  });

  test("opens nothing when dunning is reported after the debt has ended", async () => {
    const run = await renewalFails(OBSERVE);
    run.dodo.dodoRetries(SUCCEED);
    await run.untilOver();
    const runs = run.world.results.length;
    run.dodo.dodoDuns("dunning.recovered");
    await run.until(5);
    expect(run.world.results).toHaveLength(runs);
  });

  test("is not seen in our own manual retry", async () => {
    const run = await renewalFails(MANAGE, [SOFT]);
    await run.until(5);
    expect(retries(run)).toBe(1);
    expect(run.world.recovery?.dodoActiveAt).toBeNull();
    expect(run.world.recovery?.state).toBe("waiting");
  });

  test("is not seen in the retry of an earlier renewal", async () => {
    const run = startScenario({ onDemand: false }, MANAGE);
    run.world.deliver = () => null;
    run.dodo.dodoRetries(SUCCEED);
    await run.until(1);
    run.world.deliver = () => [1_000];
    run.dodo.merchantCharges(SOFT);
    await run.until(3);
    expect(run.world.recovery?.dodoActiveAt).toBeNull();
    expect(run.world.recovery?.state).toBe("waiting");
  });

  test("is no longer followed once the debt is paid; only the reactivation is", async () => {
    const run = await renewalFails(OBSERVE);
    const change = run.dodo.setStatus.bind(run.dodo);
    run.dodo.setStatus = (status, type) => (status === "active" ? undefined : change(status, type));
    run.dodo.dodoRetries(SUCCEED);
    await run.until(0, 12 * HOUR_MS);
    expect(run.world.recovery?.state).toBe("reactivating");
    await run.until(3);
    expect(run.world.alerts.map(({ cause }) => cause)).toEqual(["not_reactivated"]);
  });
});

describe("a scheduled subscription under the policy `manage`", () => {
  test("is retried on days 3 and 10 with notices, and recovered", async () => {
    const run = await renewalFails(MANAGE, [SOFT]);
    await run.untilOver();
    expect(run.dodo.mutations.map(({ what }) => what)).toEqual(["manual retry", "manual retry"]);
    expect(last(run)).toBe("recovered by attempt");
    expect(run.world.mails.map(({ key }) => key.split("/").at(-1))).toContain("retry_ahead.2");
  });

  test("is retried three times, then the customer is asked", async () => {
    const run = await renewalFails(MANAGE, [SOFT, SOFT, SOFT]);
    await run.untilOver();
    expect(retries(run)).toBe(3);
    expect(last(run)).toBe("exhausted by reprise");
  });

  test("asks a person if the failure has not put it on hold, because Dodo retries only a held one", async () => {
    const run = startScenario({ onDemand: false, holdsOnFailure: false }, MANAGE);
    run.dodo.merchantCharges(SOFT);
    await run.until(5);
    expect(retries(run)).toBe(0);
    expect(run.world.recovery?.attention).toMatchObject([{ cause: "active_without_payment" }]);
    expect(run.world.alerts.map(({ cause }) => cause)).toEqual(["active_without_payment"]);
    run.world.command(RESUME);
    await run.until(12);
    expect(run.world.alerts).toHaveLength(1);
    expect(run.dodo.succeeded).toEqual([]);
  });

  test("is left to Dodo once Dodo retries it", async () => {
    const run = await renewalFails(MANAGE);
    run.timeline.at(run.timeline.now() + 12 * HOUR_MS, () => run.dodo.dodoRetries(SOFT));
    await run.until(25);
    expect(retries(run)).toBe(0);
    expect(run.world.recovery?.state).toBe("observing");
    expect(describeDecisions(run.world)).toContain("dodo_retries.observed");
  });

  test("is left to Dodo if the pre-charge check finds a retry without a webhook", async () => {
    const run = await renewalFails(MANAGE);
    run.world.deliver = () => null;
    run.timeline.at(run.timeline.now() + 12 * HOUR_MS, () => run.dodo.dodoRetries(SOFT));
    await run.until(4);
    expect(retries(run)).toBe(0);
    expect(run.world.recovery?.state).toBe("observing");
  });

  test("is observed from the start after an early dunning.started", async () => {
    const run = startScenario({ onDemand: false }, MANAGE);
    run.dodo.merchantCharges(SOFT);
    run.timeline.at(run.timeline.now() + 12_000, () => run.dodo.dodoDuns("dunning.started"));
    await run.until(10);
    expect(retries(run)).toBe(0);
    expect(run.world.recovery?.state).toBe("observing");
  });

  test("finds the payment of a manual retry whose answer was lost", async () => {
    const run = await renewalFails(MANAGE);
    run.dodo.faults.push({ kind: "lost_after" });
    await run.untilOver();
    expect(retries(run)).toBe(1);
    expect(run.dodo.succeeded).toHaveLength(1);
    expect(last(run)).toBe("recovered by attempt");
  });

  test("attributes a webhook before the answer to our own manual retry", async () => {
    const run = await renewalFails(MANAGE, [SOFT]);
    run.dodo.faults.push({ kind: "slow_after" }, { kind: "slow_after" });
    await run.untilOver();
    expect(retries(run)).toBe(2);
    expect(last(run)).toBe("recovered by attempt");
  });

  test("repeats a manual retry that stayed absent for a day", async () => {
    const run = await renewalFails(MANAGE);
    run.dodo.faults.push({ kind: "lost_before" });
    await run.untilOver();
    expect(retries(run)).toBe(2);
    expect(run.dodo.succeeded).toHaveLength(1);
    expect(describeDecisions(run.world)).toContain("charge.absent");
  });

  test("is not retried while past_due, until Dodo puts it on hold", async () => {
    const run = await renewalFails(MANAGE);
    run.dodo.setStatus("past_due", "subscription.past_due");
    await run.until(5);
    expect(retries(run)).toBe(0);
    run.dodo.setStatus("on_hold", "subscription.on_hold");
    await run.untilOver();
    expect(retries(run)).toBe(1);
    expect(last(run)).toBe("recovered by attempt");
  });

  test("asks the customer if Dodo's manual retry does not accept the payment", async () => {
    const run = await renewalFails(MANAGE);
    run.dodo.retryState = async () =>
      await Promise.resolve({
        can_retry: false,
        reason: "A_NEW_REASON",
        sends_allowed: 3,
        sends_used: 0,
        retry_available_at: null,
      });
    await run.until(4);
    expect(retries(run)).toBe(0);
    expect(run.world.recovery?.state).toBe("awaiting_customer");
    expect(describeDecisions(run.world)).toContain("A_NEW_REASON");
  });

  test("waits for the cooldown of Dodo's manual retry", async () => {
    const run = await renewalFails(MANAGE);
    const state = run.dodo.retryState.bind(run.dodo);
    const until = run.timeline.now() + 5 * DAY_MS;
    run.dodo.retryState = async () =>
      run.timeline.now() >= until
        ? await state()
        : {
            can_retry: false,
            reason: "MANUAL_RETRY_LIMIT_REACHED",
            sends_allowed: 3,
            sends_used: 1,
            retry_available_at: new Date(until).toISOString(),
          };
    await run.untilOver();
    expect(run.dodo.mutations.map(({ at }) => at >= until)).toEqual([true]);
    expect(last(run)).toBe("recovered by attempt");
  });
});
