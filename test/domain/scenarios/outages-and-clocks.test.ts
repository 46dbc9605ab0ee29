import { describe, expect, test } from "vitest";
import { apiError } from "../../../dev/model/errors.ts";
import { subscriptionStatus } from "../../../dodo/statuses.ts";
import { DEFAULT_POLICY } from "../../../domain/policy.ts";
import { RESUME, RETRY } from "../../support/domain/operator-commands.ts";
import { HOUR_MS, SECOND_MS, startScenario } from "../../support/domain/scenario.ts";
import {
  alerts,
  attention,
  charges,
  decline,
  failing,
  refuseReads,
  SOFT,
  SUCCEED,
} from "./scenario.ts";

describe("the reads of Dodo", () => {
  test("do not loop while Dodo refuses the API key", async () => {
    const run = await failing("INSUFFICIENT_FUNDS", [{ kind: "stay", status: "processing" }]);
    await run.until(3, SECOND_MS);
    refuseReads(run, 3 * HOUR_MS);
    await run.until(4);
    expect(run.world.decisions.length).toBeLessThan(60);
    run.dodo.end("pay_2", SUCCEED);
    run.world.command(RESUME);
    await run.untilOver();
    expect(run.world.results[0]?.outcome).toBe("recovered");
  });

  test("do not loop when a hold comes and goes", async () => {
    const run = await failing("INSUFFICIENT_FUNDS");
    await run.until(1);
    run.dodo.setStatus("active", "subscription.active");
    await run.until(1, 5 * SECOND_MS);
    run.dodo.setStatus("on_hold", "subscription.on_hold");
    await run.untilOver();
    expect(run.world.decisions.length).toBeLessThan(80);
    expect(run.world.results[0]?.outcome).toBe("recovered");
  });
});

describe("a worker's clock that is an hour off", () => {
  test.each([-HOUR_MS, HOUR_MS])(
    "reads Dodo once at the window's end with a clock off by %i ms",
    async (skewMs) => {
      const run = await failing("EXPIRED_CARD");
      run.world.clock = { now: () => run.timeline.now() + skewMs, monotonicMs: run.timeline.now };
      await run.until(29, 23.5 * HOUR_MS);
      run.world.push({
        kind: "subscription_reported",
        webhookId: "late",
        type: "subscription.updated",
        ...subscriptionStatus("on_hold"),
      });
      await run.until(31);
      const finalReads = run.world.decisions.filter(({ decision }) =>
        decision.rules.includes("window.final_read"),
      );
      expect(finalReads.length).toBe(1);
      expect(run.world.results[0]).toMatchObject({ outcome: "exhausted" });
    },
  );
});

describe("an attempt in a grace period whose end no webhook reports", () => {
  test("starts once a read shows the hold", async () => {
    const policy = { ...DEFAULT_POLICY, scheduledSubscriptions: "manage" } as const;
    const run = startScenario({ onDemand: false, graceDays: 7 }, policy);
    run.world.deliver = (type) => (type === "payment.failed" ? [1_000] : null);
    run.dodo.merchantCharges(SOFT);
    await run.until(12);
    expect(run.dodo.mutations.map(({ what }) => what)).toEqual(["manual retry"]);
    expect(run.world.results[0]).toMatchObject({ outcome: "recovered", by: "attempt" });
  });
});

describe("Dodo's own retry of a renewal whose recovery is exhausted", () => {
  test("opens nothing, as a debt ends once", async () => {
    const policy = { ...DEFAULT_POLICY, scheduledSubscriptions: "manage" } as const;
    const run = startScenario({ onDemand: false }, policy);
    run.dodo.merchantCharges(decline("EXPIRED_CARD"));
    await run.until(33);
    run.dodo.methodId = "pm_2";
    run.dodo.dodoRetries(SOFT);
    await run.until(60);
    expect(run.dodo.mutations).toEqual([]);
    expect(run.world.results.map(({ outcome }) => outcome)).toEqual(["exhausted", "nothing_owed"]);
  });
});

describe("a notice above the weekly cap by a clock that lags", () => {
  test("is tried again later, and not in a loop", async () => {
    const few = { ...DEFAULT_POLICY.notices, perCustomerWeek: 1 };
    const run = await failing("EXPIRED_CARD", [], {}, { ...DEFAULT_POLICY, notices: few });
    run.world.clock = { now: () => run.timeline.now() - HOUR_MS, monotonicMs: run.timeline.now };
    await run.until(8);
    const deferred = run.world.decisions.filter(({ decision }) =>
      decision.rules.includes("notice.deferred"),
    );
    expect(deferred.length).toBeGreaterThan(1);
    expect(deferred.length).toBeLessThan(12);
    expect(run.world.mails.length).toBe(2);
  });
});

describe("a worker's clock that is set back while an outcome is unknown", () => {
  test("settles the absence later, without more reads", async () => {
    const run = await failing("INSUFFICIENT_FUNDS");
    run.dodo.faults.push({ kind: "timeout_before" });
    await run.until(3, HOUR_MS);
    run.world.clock = { now: () => run.timeline.now() - HOUR_MS, monotonicMs: run.timeline.now };
    await run.until(5);
    const reads = run.world.decisions.filter(
      ({ event, decision }) =>
        event.kind === "read_finished" && decision.rules.includes("charge.unknown"),
    );
    expect(reads.length).toBeGreaterThan(0);
    expect(reads.length).toBeLessThan(10);
    expect(run.world.results[0]).toMatchObject({ outcome: "recovered", by: "attempt" });
  });
});

describe("an outage", () => {
  test("does not spend the schedule's attempts", async () => {
    const run = await failing("INSUFFICIENT_FUNDS", [SOFT, SOFT]);
    run.dodo.faults.push(...Array.from({ length: 6 }, () => ({ kind: "unsent" }) as const));
    await run.untilOver();
    expect(charges(run)).toBe(3);
    expect(run.world.results[0]?.outcome).toBe("recovered");
  });

  test("asks nobody if a payment cannot be read for a moment", async () => {
    const run = startScenario();
    const retrieve = run.dodo.retrievePayment.bind(run.dodo);
    run.dodo.retrievePayment = async (id) => {
      const payment = run.dodo.payments.find(({ paymentId }) => paymentId === id);
      if (payment !== undefined && run.timeline.now() < payment.createdAt + 12 * SECOND_MS) {
        throw apiError(404, "NOT_FOUND");
      }
      return await retrieve(id);
    };
    run.dodo.merchantCharges(SOFT);
    await run.untilOver();
    expect(alerts(run)).toEqual([]);
    expect(run.world.results[0]?.outcome).toBe("recovered");
  });

  test("keeps a late answer apart from the next attempt", async () => {
    const run = await failing("INSUFFICIENT_FUNDS", [SOFT]);
    run.dodo.faults.push({ kind: "timeout_after" }, { kind: "timeout_before" });
    await run.until(3, 12 * SECOND_MS);
    run.world.command(RETRY);
    await run.until(6);
    expect(run.world.decisions.length).toBeLessThan(80);
    expect(run.dodo.succeeded.length).toBeLessThanOrEqual(1);
  });

  test("asks a person after one attempt left no payment three times", async () => {
    const run = await failing("INSUFFICIENT_FUNDS");
    run.dodo.faults.push({ kind: "lost_before" }, { kind: "lost_before" }, { kind: "lost_before" });
    await run.until(20);
    expect(attention(run)).toEqual(["unknown_outcome"]);
    expect(charges(run)).toBe(3);
  });
});
