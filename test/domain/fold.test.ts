import { beforeAll, describe, expect, test } from "vitest";
import { commandGiven, paymentReported, subscriptionReported } from "../../dev/model/events.ts";
import { everyEvent } from "../../dev/model/every-event.ts";
import {
  type SampleState,
  sampleRequestedCharges,
  sampleStates,
} from "../../dev/model/sample-states.ts";
import { Random } from "../../dev/simulator/random.ts";
import { decide } from "../../domain/decide.ts";
import type { FoldedDecision } from "../../domain/decision/decision.ts";
import type { Effect } from "../../domain/decision/effect.ts";
import { decideEach, joined } from "../../domain/fold.ts";
import { DEFAULT_POLICY } from "../../domain/policy.ts";
import type { DomainEvent } from "../../domain/state/event.ts";
import type { Recovery } from "../../domain/state/recovery.ts";
import { attemptKeyOf } from "../../domain/values/ids.ts";
import type { Instant } from "../../domain/values/time.ts";
import { failedPayment as failed, RecoveryDriver } from "../support/domain/recovery-driver.ts";

const IN_FORCE = { policy: DEFAULT_POLICY, mode: "act", publishes: true } as const;

function fold(
  recovery: Recovery,
  events: readonly DomainEvent[],
  at: Instant,
): FoldedDecision & { readonly after: Recovery } {
  const waiting = {
    events,
    ids: events.map((_, index) => `${index}`),
    arrivedAt: events.map(() => at),
    isDue: false,
    isAll: true,
  };
  const decision = joined(decideEach(recovery, waiting, IN_FORCE, at), waiting, at);
  return { ...decision, after: { ...recovery, ...decision.changes } };
}

const kindsPending = ({ pendingEffects }: Recovery, kind: string): number =>
  Object.values(pendingEffects).filter((one) => one.kind === kind).length;

const kindsOf = (effects: readonly Effect[]): string[] => effects.map(({ kind }) => kind);

/** What a fold may differ in: a read that starts after all events makes the reads that they ask for needless. */
function withoutReads(recovery: Recovery): object {
  const { rereadNeeded: _r, hintedAccess: _h, effectCount: _e, ...others } = recovery;
  const { pendingEffects, confirmedDead, ...rest } = others;
  const kinds = Object.values(pendingEffects).map(({ kind }) => kind);
  return { ...rest, confirmedDead: confirmedDead?.paymentId ?? null, kinds: kinds.toSorted() };
}

/** Decides on each event at once. @returns null where something was due before the last one */
function oneByOne(
  recovery: Recovery,
  events: readonly DomainEvent[],
  at: Instant,
): {
  readonly after: Recovery;
  readonly effects: readonly Effect[];
  readonly reasons: readonly string[];
} | null {
  let after = recovery;
  const effects: Effect[] = [];
  const reasons: string[] = [];
  for (const [index, event] of events.entries()) {
    const decision = decide(after, event, IN_FORCE, at);
    const held = decide(after, event, IN_FORCE, at, false);
    if (index < events.length - 1 && held.reason !== decision.reason) return null;
    after = { ...after, ...decision.changes };
    effects.push(...decision.effects);
    reasons.push(decision.reason);
  }
  return { after, effects, reasons };
}

const SEEDS = 2_000;

describe("a decision on several events", () => {
  let states: readonly (SampleState & { readonly possible: readonly DomainEvent[] })[] = [];

  beforeAll(async () => {
    const all = [...(await sampleStates()).values()].flat();
    states = [...all, ...(await sampleRequestedCharges())].map(({ recovery, at }) => ({
      recovery,
      at,
      possible: everyEvent(recovery, at),
    }));
  });

  /** Random events that can meet a random state together. */
  function draw(seed: number): {
    readonly recovery: Recovery;
    readonly events: DomainEvent[];
    readonly at: Instant;
  } {
    const random = new Random(seed);
    const { recovery, at, possible } = random.of(states as [(typeof states)[number]]);
    const commands = possible.filter(({ kind }) => kind === "command");
    const finished = new Set<string>();
    const events = Array.from({ length: random.whole(2, 4) }, () =>
      random.of((random.chance(3) ? commands : possible) as [DomainEvent]),
    ).filter((event) => {
      if (event.kind === "timer_fired") return false;
      if (!("effectId" in event)) return true;
      const isNew = !finished.has(event.effectId);
      finished.add(event.effectId);
      return isNew;
    });
    return { recovery, events, at: at + 1 };
  }

  test("equals one decision after the other, but for effects that a later event made pointless", () => {
    let compared = 0;
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      const { recovery, events, at } = draw(seed);
      const single = oneByOne(recovery, events, at);
      if (single === null || events.length < 2) continue;
      compared += 1;
      const folded = fold(recovery, events, at);
      const about = `seed ${seed}: ${events.map(({ kind }) => kind).join(", ")}`;
      const reasons = [...(folded.earlier ?? []), folded].map(({ reason }) => reason);
      expect(reasons, about).toEqual(single.reasons);
      const dropped = single.effects.filter(
        (one) =>
          !folded.effects.some(
            (two) =>
              two.kind === one.kind && ("id" in two && "id" in one ? two.id === one.id : true),
          ),
      );
      expect(
        kindsOf(dropped).filter((kind) => !["payment_link", "report_charge_status"].includes(kind)),
        about,
      ).toEqual([]);
      if (dropped.length > 0) continue;
      expect(withoutReads(folded.after), about).toEqual(withoutReads(single.after));
    }
    console.log(`seeds 1 to ${SEEDS}: ${compared} folds compared`);
    expect(compared).toBeGreaterThan(SEEDS / 4);
  });

  test("starts a charge, a page or a cancellation only where the state after the last event holds it", () => {
    const started = new Map<string, number>();
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      const { recovery, events, at } = draw(seed);
      if (events.length === 0) continue;
      const { after, effects } = fold(recovery, events, at);
      const about = `seed ${seed}: ${events.map(({ kind }) => kind).join(", ")}`;
      for (const effect of effects) {
        started.set(effect.kind, (started.get(effect.kind) ?? 0) + 1);
        if ("id" in effect) expect(after.pendingEffects, about).toHaveProperty(effect.id);
        if (effect.kind === "charge") {
          expect(after.charge, about).toMatchObject({ effectId: effect.id, phase: "started" });
          expect(after.settlement ?? after.closing, about).toBeNull();
        }
        if (effect.kind === "payment_link")
          expect(after.paymentLink?.phase, about).toBe("creating");
      }
      const ids = effects.map((effect) => ("id" in effect ? effect.id : ""));
      for (const id of Object.keys(after.pendingEffects)) {
        expect(id in recovery.pendingEffects || ids.includes(id as never), `${about} ${id}`).toBe(
          true,
        );
      }
    }
    console.log(`seeds 1 to ${SEEDS}`, Object.fromEntries(started));
    expect(started.get("charge")).toBeGreaterThan(0);
    expect(started.get("payment_link")).toBeGreaterThan(0);
  });

  test("reads Dodo once, and for all that the events name, where the read starts after them", () => {
    const driver = new RecoveryDriver();
    const [first, second] = [failed(1), failed(2)];
    const { effects, after } = fold(
      driver.recovery,
      [
        paymentReported(first),
        paymentReported(second),
        subscriptionReported("subscription.on_hold", "on_hold"),
      ],
      driver.now,
    );
    expect(effects).toMatchObject([{ kind: "read", paymentIds: ["pay_1", "pay_2"] }]);
    expect(after.rereadNeeded).toBe(false);
  });

  test("reads Dodo again where a webhook came after a read had begun", () => {
    const driver = new RecoveryDriver();
    driver.open([failed(1)]);
    const hint = subscriptionReported("subscription.on_hold", "on_hold");
    driver.receive(hint);
    const again = { ...hint, webhookId: "msg_later" } as DomainEvent;
    const before = driver.recovery;
    driver.finishRead([failed(1)]);
    const finished = driver.events.at(-1) as DomainEvent;
    expect(kindsOf(fold(before, [again, finished], driver.now).effects)).toContain("read");
    expect(kindsOf(fold(before, [finished, again], driver.now).effects)).toContain("read");
    expect(kindsOf(fold(before, [finished], driver.now).effects)).not.toContain("read");
  });

  test("reports the status of a requested charge once, as it is after the last event", async () => {
    const states = await sampleRequestedCharges();
    const charging = states.find(({ recovery }) => recovery.charge?.phase === "started");
    const { recovery, at } = charging as SampleState;
    const { charge, debt } = recovery;
    if (charge?.effectId == null || debt === null) throw new Error("no charge was started");
    const { effectId, number } = charge;
    const declined = { ...failed(9), attemptKey: attemptKeyOf(debt.id, number) };
    const outcome = { kind: "accepted", paymentId: declined.paymentId, adopted: false } as const;
    const { effects, after } = fold(
      recovery,
      [{ kind: "charge_finished", effectId, outcome }, paymentReported(declined)],
      at + 1,
    );
    const reports = effects.filter(({ kind }) => kind === "report_charge_status");
    expect(reports).toMatchObject([{ status: { state: "recovering" } }]);
    const pending = Object.values(after.pendingEffects).map(({ kind }) => kind);
    expect(pending.filter((kind) => kind === "report_charge_status")).toHaveLength(
      1 + kindsPending(recovery, "report_charge_status"),
    );
  });

  test("creates no page for a debt that is paid by the next event, and answers the customer", () => {
    const driver = new RecoveryDriver();
    driver.open([failed(1)]);
    const pressed = commandGiven({ action: "create_payment_link", debtId: null });
    const paid = commandGiven({ action: "mark_paid", by: "anna", note: "" });
    const { effects, after } = fold(
      driver.recovery,
      [pressed, { ...paid, commandId: "c2" } as DomainEvent],
      driver.now + 1,
    );
    expect(kindsOf(effects)).not.toContain("payment_link");
    expect(kindsOf(effects).filter((kind) => kind === "reply")).toHaveLength(2);
    expect(Object.values(after.pendingEffects).map(({ kind }) => kind)).not.toContain(
      "payment_link",
    );
  });
});
