import { describe, expect, test } from "vitest";
import { HANDLING } from "../../../domain/declines/handling.ts";
import { DEFAULT_POLICY } from "../../../domain/policy.ts";
import type { Mode } from "../../../domain/state/outcome.ts";
import { DAY_MS, MINUTE_MS, type Scenario, startScenario } from "../../support/domain/scenario.ts";

async function failing(code: string, mode: Mode): Promise<Scenario> {
  const run = startScenario({}, { ...DEFAULT_POLICY, onExhausted: "cancel" }, mode);
  run.dodo.verdicts.push(
    { kind: "decline", code },
    { kind: "decline", code },
    { kind: "decline", code },
  );
  run.dodo.merchantCharges({ kind: "decline", code });
  await run.until(0, MINUTE_MS);
  return run;
}

/** The decisions up to the first charge or cancellation, without what the mode must change. */
function firstDecisions({ world }: Scenario): unknown[] {
  const charge = world.decisions.findIndex(({ decision }) =>
    decision.effects.some(({ kind }) => kind === "charge" || kind === "cancel"),
  );
  const first = charge < 0 ? world.decisions : world.decisions.slice(0, charge + 1);
  return first
    .filter(({ event }) => event.kind !== "notice_finished")
    .map(({ decision: { rule, reason, effects, wakeAt } }) => ({ rule, reason, effects, wakeAt }));
}

describe("shadow mode", () => {
  test.each(HANDLING.map(({ code }) => code))(
    "decides about %s as `act` does, and sends nothing",
    async (code) => {
      const [act, shadow] = await Promise.all([failing(code, "act"), failing(code, "shadow")]);
      await Promise.all([act.until(31), shadow.until(31)]);
      expect(firstDecisions(shadow)).toEqual(firstDecisions(act));
      expect(shadow.dodo.mutations).toEqual([]);
      expect(shadow.world.mails).toEqual([]);
    },
  );

  test("records when each attempt and notice would have been sent", async () => {
    const run = await failing("INSUFFICIENT_FUNDS", "shadow");
    await run.untilOver();
    const [debt] = run.world.results[0]?.debts ?? [];
    expect(
      debt?.attempts.map(({ number, result, startedAt, paymentId }) => [
        number,
        result,
        Math.round((startedAt - (debt.firstFailedAt ?? 0)) / DAY_MS),
        paymentId,
      ]),
    ).toEqual([
      [1, "declined", 0, "pay_1"],
      [2, "shadowed", 3, null],
      [3, "shadowed", 10, null],
      [4, "shadowed", 17, null],
    ]);
    expect(debt?.notices).toEqual([
      "payment_failed",
      "retry_ahead.2",
      "retry_ahead.3",
      "retry_ahead.4",
      "action_needed.4.0",
      "action_needed.4.1",
      "action_needed.4.2",
      "action_needed.4.3",
    ]);
    expect(debt?.outcome).toBe("exhausted");
    expect(run.dodo.status).toBe("on_hold");
  });

  test("ends with what the merchant collects", async () => {
    const run = await failing("INSUFFICIENT_FUNDS", "shadow");
    run.dodo.verdicts.length = 0;
    await run.until(5);
    run.dodo.merchantCharges({ kind: "succeed" });
    await run.untilOver();
    expect(run.world.results[0]).toMatchObject({ outcome: "recovered", by: "merchant" });
    expect(run.world.alerts).toEqual([]);
  });

  test("is pinned when a recovery opens", async () => {
    const run = await failing("INSUFFICIENT_FUNDS", "shadow");
    expect(run.world.recovery?.mode).toBe("shadow");
  });
});
