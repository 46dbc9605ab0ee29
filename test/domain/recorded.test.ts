import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { everyEvent } from "../../dev/model/every-event.ts";
import { sampleRequestedCharges, sampleStates } from "../../dev/model/sample-states.ts";
import { Random } from "../../dev/simulator/random.ts";
import type { FoldedDecision } from "../../domain/decision/decision.ts";
import { recorded, whole } from "../../domain/decision/recorded.ts";
import { decideEach, joined } from "../../domain/fold.ts";
import { DEFAULT_POLICY } from "../../domain/policy.ts";
import type { DomainEvent } from "../../domain/state/event.ts";
import type { Effect } from "../../domain/decision/effect.ts";
import type { Recovery } from "../../domain/state/recovery.ts";
import type { Instant } from "../../domain/values/time.ts";
import { patched, patchOf } from "../../domain/values/patch.ts";
import {
  chargeInputOf,
  noticeInputOf,
  readInputOf,
} from "../../workflows/recovery/activity-inputs.ts";
import {
  leanChargeInput,
  leanNoticeInput,
  leanReadInput,
  leanReadOutcome,
  wholeChargeInput,
  wholeNoticeInput,
  wholeReadInput,
  wholeReadOutcome,
} from "../../workflows/recovery/recorded-inputs.ts";

const IN_FORCE = { policy: DEFAULT_POLICY, mode: "act", publishes: true } as const;
const SEEDS = 2_000;

/** As a history keeps it. */
const stored = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

type State = {
  readonly recovery: Recovery;
  readonly at: Instant;
  readonly possible: readonly DomainEvent[];
};

function fold(recovery: Recovery, events: readonly DomainEvent[], at: Instant): FoldedDecision {
  const ids = events.map((event) => ("effectId" in event ? event.effectId : "id"));
  const arrivedAt = events.map(() => at - 1);
  const waiting = { events, ids, arrivedAt, isDue: events.length === 0, isAll: true };
  return joined(decideEach(recovery, waiting, IN_FORCE, at), waiting, at);
}

describe("a recorded decision", () => {
  let states: readonly State[] = [];

  beforeAll(async () => {
    const all = [...(await sampleStates()).values()].flat();
    states = [...all, ...(await sampleRequestedCharges())].map(({ recovery, at }) => ({
      recovery: stored(recovery),
      at: at + 1,
      possible: everyEvent(recovery, at).filter(({ kind }) => kind !== "timer_fired"),
    }));
  });

  test("gives the decision back, for every event", () => {
    let before = 0;
    let after = 0;
    for (const { recovery, at, possible } of states.filter((_, index) => index % 8 === 0)) {
      for (const events of [[], ...possible.map((event) => [event])]) {
        const decision = stored(fold(recovery, events, at));
        const record = stored(recorded(recovery, decision, at));
        const about = `${recovery.state}: ${JSON.stringify(events)}`;
        expect(whole(recovery, record), about).toEqual(decision);
        before += JSON.stringify(decision).length;
        after += JSON.stringify(record).length;
      }
    }
    console.log(`${before} bytes are recorded as ${after}`);
    expect(after).toBeLessThan(before * 0.8);
  });

  test("gives the decision back where it is about several events", () => {
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      const random = new Random(seed);
      const { recovery, at, possible } = random.of(states as [State]);
      const events = Array.from({ length: random.whole(2, 4) }, () =>
        random.of(possible as [DomainEvent]),
      );
      const decision = stored(fold(recovery, events, at));
      const record = stored(recorded(recovery, decision, at));
      expect(whole(recovery, record), `seed ${seed}`).toEqual(decision);
    }
  });

  test("may also be recorded as a whole", () => {
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      const random = new Random(seed);
      const { recovery, at, possible } = random.of(states as [State]);
      const decision = stored(fold(recovery, [random.of(possible as [DomainEvent])], at));
      expect(whole(recovery, decision), `seed ${seed}`).toEqual(decision);
    }
  });
});

describe("a recorded input", () => {
  test("gives the input back, for every read, charge and notice that a decision starts", async () => {
    const states = [...(await sampleStates()).values()].flat();
    const seen = { read: 0, charge: 0, notice: 0 };
    let before = 0;
    let after = 0;
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      const random = new Random(seed);
      const { recovery, at } = random.of(states as [(typeof states)[number]]);
      const events = everyEvent(recovery, at).filter(({ kind }) => kind !== "timer_fired");
      const decision = fold(
        recovery,
        random.chance(2) ? [] : [random.of(events as [DomainEvent])],
        at,
      );
      const now = { ...recovery, ...decision.changes };
      for (const effect of decision.effects) {
        const [input, lean, restored] = inputsOf(effect, now, at) ?? [null, null, null];
        if (input === null) continue;
        seen[effect.kind as keyof typeof seen] += 1;
        expect(restored, `seed ${seed}`).toEqual(input);
        before += JSON.stringify(input).length;
        after += JSON.stringify(lean).length;
      }
    }
    console.log(`${before} bytes are recorded as ${after}`, seen);
    expect(Math.min(...Object.values(seen))).toBeGreaterThan(0);
    expect(after).toBeLessThan(before * 0.7);
  });

  test("gives a read of Dodo back, also one that was recorded as a whole", async () => {
    let count = 0;
    const states = [...(await sampleStates()).values()].flat();
    for (const { recovery, at } of states.filter((_, index) => index % 20 === 0)) {
      for (const event of everyEvent(recovery, at)) {
        if (event.kind !== "read_finished") continue;
        count += 1;
        const outcome = stored(event.outcome);
        const lean = stored(leanReadOutcome(outcome));
        expect(wholeReadOutcome(lean)).toMatchObject(outcome);
        expect(wholeReadOutcome(outcome)).toMatchObject(outcome);
      }
    }
    expect(count).toBeGreaterThan(0);
  });
});

/** What an activity is given, what is recorded of it, and what that is restored to. */
function inputsOf(effect: Effect, recovery: Recovery, at: Instant): readonly object[] | null {
  if (effect.kind === "read") {
    const input = stored(readInputOf(effect, recovery, at));
    const lean = stored(leanReadInput(input));
    return [input, lean, wholeReadInput(lean)];
  }
  if (effect.kind === "charge") {
    const input = stored(chargeInputOf(effect, recovery, at));
    const lean = stored(leanChargeInput(input));
    return [input, lean, wholeChargeInput(lean)];
  }
  if (effect.kind === "notice") {
    const input = stored(noticeInputOf(effect, recovery, at));
    const lean = stored(leanNoticeInput(input));
    return [input, lean, wholeNoticeInput(lean)];
  }
  return null;
}

describe("a patch", () => {
  const field = fc.constantFrom("plan", "attempts", "a", "b.c", "");
  const value = fc.letrec((tie) => ({
    any: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom(null, 0, false, "text", "a longer text that is worth a copy"),
      fc.array(tie("any"), { maxLength: 3 }),
      fc.dictionary(field, tie("any"), { maxKeys: 3 }),
    ),
  })).any;
  const state = fc.dictionary(
    fc.constantFrom("plan", "attempts", "charge", "ended", "shown"),
    value,
  );

  test("turns a value into another one, and leaves the first as it was", () => {
    fc.assert(
      fc.property(state, state, fc.boolean(), (one, two, isFlat) => {
        const [before, after] = [stored(one), stored(two)];
        const copy = stored(before);
        const patch = stored(patchOf(before, after, isFlat));
        expect(stored(patched(before, patch))).toEqual(after);
        expect(before).toEqual(copy);
      }),
      { numRuns: 3_000 },
    );
  });

  test("names what is new in a list that has grown", () => {
    const before = { list: [{ number: 1, text: "a first entry" }], other: 1 };
    const after = { list: [...before.list, { number: 2, text: "a second" }], other: 1 };
    expect(patchOf(before, after)).toEqual({
      changes: { "list.1": { number: 2, text: "a second" } },
    });
  });

  test("names a field that is copied into a new object", () => {
    const plan = { at: 1, number: 2, dueAt: 3, trigger: "schedule" };
    const before = { plan, charge: null };
    const after = { plan: null, charge: { phase: "started", plan: { ...plan, at: 4 } } };
    expect(patchOf(before, after)).toEqual({
      changes: { plan: null, charge: { phase: "started" }, "charge.plan.at": 4 },
      copied: ["charge.plan"],
    });
  });
});
