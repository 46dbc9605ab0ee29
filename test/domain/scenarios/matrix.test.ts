import { isDeepStrictEqual } from "node:util";
import { beforeAll, describe, expect, test } from "vitest";
import { everyEvent } from "../../../dev/model/every-event.ts";
import { sampleRequestedCharges, sampleStates } from "../../../dev/model/sample-states.ts";
import { decide } from "../../../domain/decide.ts";
import { DEFAULT_POLICY } from "../../../domain/policy.ts";
import { RULES } from "../../../domain/rules.ts";
import type { DomainEvent } from "../../../domain/state/event.ts";
import { RECOVERY_STATES } from "../../../domain/state/outcome.ts";
import { type Recovery, withDefaults } from "../../../domain/state/recovery.ts";
import { DAY_MS } from "../../support/domain/scenario.ts";

const IN_FORCE = { policy: DEFAULT_POLICY, mode: "act" } as const;

/** The rules that a decision breaks, whatever it decides. */
function faultsOf(recovery: Recovery, event: DomainEvent, now: number): string[] {
  const { reason, rule, wakeAt, effects, ...rest } = decide(recovery, event, IN_FORCE, now);
  const charges = effects.filter(({ kind }) => kind === "charge").length;
  const isForbidden = recovery.settlement !== null || recovery.charge !== null;
  const isAtOnce = event.kind === "command" && event.command.action === "retry_now";
  const replies = effects.filter((one) => one.kind === "reply" && one.commandId === "c").length;
  // Its answer follows a read of Dodo.
  const isHeardLater = (rest.changes.confirmedDead ?? null) !== null;
  const isAnswered =
    event.kind === "command" && event.command.action !== "create_payment_link" && !isHeardLater;
  const decision = { reason, rule, wakeAt, effects, ...rest };
  const faults = {
    "no reason": reason === "",
    "no such rule": !(rule in RULES),
    "wakes in the past": wakeAt !== null && wakeAt <= now,
    "does not survive JSON": !isDeepStrictEqual(JSON.parse(JSON.stringify(decision)), decision),
    "charges too much": charges > (isForbidden && !isAtOnce ? 0 : 1),
    "does not reply once": isAnswered && replies !== 1,
  };
  return Object.entries(faults).flatMap(([what, isSo]) =>
    isSo ? [`${recovery.state} × ${JSON.stringify(event).slice(0, 300)}: ${what}`] : [],
  );
}

function faultsOfAll(recovery: Recovery, at: number): string[] {
  return everyEvent(recovery, at).flatMap((event) => faultsOf(recovery, event, at + 1));
}

describe("the matrix of states and events", () => {
  let found: Awaited<ReturnType<typeof sampleStates>>;
  beforeAll(async () => {
    found = await sampleStates();
  });

  test.each(RECOVERY_STATES)("in %s every event gets a lawful decision with a reason", (state) => {
    const list = found.get(state) ?? [];
    expect(list.length, "specimens").toBeGreaterThan(0);
    expect(list.flatMap(({ recovery, at }) => faultsOfAll(recovery, at))).toEqual([]);
  });

  test("every event gets a lawful decision while a requested charge is under way", async () => {
    const list = await sampleRequestedCharges();
    const states = new Set(list.map(({ recovery }) => recovery.state));
    expect(states).toContain("charging");
    expect(list.flatMap(({ recovery, at }) => faultsOfAll(recovery, at))).toEqual([]);
  });

  test("decide is deterministic, and changes none of its arguments", () => {
    const sample = found.get("waiting")?.[0];
    if (sample === undefined) throw new Error("no sample");
    const before = JSON.stringify(sample.recovery);
    const at = sample.at + 10 * DAY_MS;
    for (const event of everyEvent(sample.recovery, at)) {
      expect(decide(sample.recovery, event, IN_FORCE, at)).toEqual(
        decide(sample.recovery, event, IN_FORCE, at),
      );
    }
    expect(JSON.stringify(sample.recovery)).toBe(before);
  });

  test("a state without later fields gets their defaults", () => {
    const sample = found.get("waiting")?.[0];
    if (sample === undefined) throw new Error("no sample");
    const { queue: _q, observing: _o, paymentsToAttribute: _u, ...earlier } = sample.recovery;
    expect(faultsOfAll(withDefaults(earlier as Recovery), sample.at)).toEqual([]);
  });
});
