import { describe, expect, test } from "vitest";
import { subscriptionReported } from "../../dev/model/events.ts";
import type { Decision } from "../../domain/decision/decision.ts";
import type { Effect } from "../../domain/decision/effect.ts";
import {
  initialLoopState,
  type LoopEnvironment,
  type LoopState,
  recover,
} from "../../domain/recover.ts";
import type { DomainEvent } from "../../domain/state/event.ts";
import type { Recovery } from "../../domain/state/recovery.ts";
import { effectIdOf } from "../../domain/values/ids.ts";
import { Deciding } from "../support/deciding.ts";
import { DAY_0, HOUR_MS, MINUTE_MS } from "../support/story.ts";

const OPEN = new Deciding().recovery;
/** Nothing is owed, and nothing is looked for. */
const OVER: Partial<Recovery> = { opening: null, pendingEffects: {} };
const READING = { pendingEffects: { [effectIdOf(1)]: { kind: "read" as const, since: DAY_0 } } };
const WITHDRAW: Effect = { kind: "withdraw_charge" };

const webhook = (webhookId: string): DomainEvent =>
  ({ ...subscriptionReported("subscription.updated", "on_hold"), webhookId }) as DomainEvent;
const TIMER: DomainEvent = { kind: "timer_fired" };

const decision = (changes: Partial<Recovery> = {}, given: Partial<Decision> = {}): Decision => ({
  changes,
  effects: [],
  wakeAt: DAY_0 + HOUR_MS,
  waitingFor: "an hour to pass",
  rule: "event.ignored",
  reason: "as the test says",
  ...given,
});

/** A world that tells these events, and decides these decisions about them, one after the other. */
class Scripted {
  now = DAY_0;
  isLong = false;
  isIdle = true;
  hints: readonly DomainEvent[] | null = [];
  untilIdle: () => void = () => undefined;
  /** Called as the loop asks for each event. */
  onNext: () => void = () => undefined;
  readonly asked: Parameters<LoopEnvironment["next"]>[] = [];
  readonly decided: DomainEvent[] = [];
  readonly performed: Effect[] = [];
  readonly shown: Recovery[] = [];
  readonly #events: DomainEvent[];
  readonly #decisions: Decision[];

  constructor(events: DomainEvent[], decisions: Decision[]) {
    this.#events = events;
    this.#decisions = decisions;
  }

  push(event: DomainEvent, ...decisions: Decision[]): void {
    this.#events.push(event);
    this.#decisions.push(...decisions);
  }

  get world(): LoopEnvironment {
    return {
      now: () => this.now,
      next: async (...asked) => {
        this.asked.push(asked);
        this.onNext();
        const event = this.#events.shift();
        if (event === undefined) throw new Error("nothing more happens");
        return await Promise.resolve(event);
      },
      inboxIsEmpty: () => this.#events.length === 0,
      waitingWebhooks: () => this.hints,
      decide: async (_recovery, event) => {
        this.decided.push(event);
        return await Promise.resolve(this.#decisions.shift() ?? decision());
      },
      perform: (effect) => this.performed.push(effect),
      show: (recovery) => this.shown.push(recovery),
      allCommandsAnswered: () => this.isIdle,
      untilCommandsAnswered: async () => {
        this.untilIdle();
        await Promise.resolve();
      },
      isHistoryLong: () => this.isLong,
    };
  }
}

describe("the loop", () => {
  test("begins by reading Dodo at once, with nothing seen", () => {
    expect(initialLoopState(OPEN)).toEqual({
      recovery: OPEN,
      wakeAt: DAY_0,
      waitingFor: "Dodo to be read",
      seenWebhookIds: [],
    });
  });

  test("waits as it was told last, performs and shows what was decided, and ends when all is over", async () => {
    const scripted = new Scripted(
      [TIMER, TIMER],
      [decision({}, { effects: [WITHDRAW], waitingFor: "the end" }), decision(OVER)],
    );
    const ending = await recover(initialLoopState(OPEN), scripted.world);
    expect(ending).toMatchObject({ kind: "ended", recovery: { opening: null } });
    expect(scripted.asked.map(([wakeAt, what]) => [wakeAt, what])).toEqual([
      [DAY_0, "Dodo to be read"],
      [DAY_0 + HOUR_MS, "the end"],
    ]);
    expect(scripted.performed).toEqual([WITHDRAW]);
    expect(scripted.shown.map(({ opening }) => opening === null)).toEqual([false, true]);
  });

  test("decides on what came before its end, and goes on where that is something", async () => {
    const scripted = new Scripted(
      [TIMER, webhook("msg_1"), TIMER],
      [decision(OVER), decision({ opening: OPEN.opening }), decision(OVER)],
    );
    await recover(initialLoopState(OPEN), scripted.world);
    expect(scripted.decided).toHaveLength(3);
  });

  test("does not end before every command has its answer", async () => {
    const scripted = new Scripted([TIMER], [decision(OVER)]);
    scripted.isIdle = false;
    let waited = 0;
    scripted.untilIdle = () => {
      waited += 1;
      // The first time it is an event that ends the waiting.
      if (waited === 1) scripted.push(webhook("msg_1"), decision());
      else scripted.isIdle = true;
    };
    const ending = await recover(initialLoopState(OPEN), scripted.world);
    expect(ending.kind).toBe("ended");
    expect(waited).toBe(2);
    expect(scripted.decided).toHaveLength(2);
  });

  test("goes on with what an earlier version left, completed", async () => {
    const { outbox: _, ...earlier } = { ...OPEN, ...OVER };
    const scripted = new Scripted([], []);
    const begun = { ...initialLoopState(OPEN), recovery: earlier as Recovery };
    expect(await recover(begun, scripted.world)).toMatchObject({ recovery: { outbox: [] } });
  });
});

describe("a webhook", () => {
  test("is decided on once, also where an earlier run did", async () => {
    const events = ["msg_0", "msg_1", "msg_1", "msg_2"].map(webhook);
    const scripted = new Scripted([...events, TIMER, TIMER], []);
    scripted.onNext = () => {
      if (scripted.decided.length === 3) scripted.isLong = true;
    };
    const ending = await recover(
      { ...initialLoopState(OPEN), seenWebhookIds: ["msg_0"] },
      scripted.world,
    );
    expect(scripted.decided).toEqual([webhook("msg_1"), webhook("msg_2"), TIMER, TIMER]);
    expect(ending).toMatchObject({ carried: { seenWebhookIds: ["msg_0", "msg_1", "msg_2"] } });
  });

  test("is remembered until two hundred others came", async () => {
    const ids = Array.from({ length: 201 }, (_, index) => `msg_${index}`);
    const scripted = new Scripted(ids.map(webhook), []);
    scripted.onNext = () => {
      if (scripted.decided.length === 200) scripted.isLong = true;
    };
    const ending = await recover(initialLoopState(OPEN), scripted.world);
    expect(ending).toMatchObject({ carried: { seenWebhookIds: ids.slice(1) } });
  });
});

describe("a run that is long", () => {
  /** It ends with its first event. */
  async function long(
    given: Partial<Scripted>,
    changes: Partial<Recovery> = {},
  ): Promise<Scripted> {
    const scripted = new Scripted([TIMER], [decision(OVER)]);
    Object.assign(scripted, { isLong: true, ...given });
    scripted.untilIdle = () => {
      scripted.isIdle = true;
    };
    await recover(initialLoopState({ ...OPEN, ...changes }), scripted.world);
    return scripted;
  }

  test("goes on in a new one with all it knows, and with the webhooks that wait", async () => {
    const scripted = new Scripted([], []);
    scripted.isLong = true;
    scripted.hints = [webhook("msg_9")];
    const begun: LoopState = {
      ...initialLoopState(OPEN),
      waitingFor: "a look",
      seenWebhookIds: ["msg_1"],
    };
    expect(await recover(begun, scripted.world)).toEqual({
      kind: "continued",
      carried: { ...begun, webhooks: [webhook("msg_9")] },
    });
    expect(scripted.asked).toEqual([]);
  });

  test.each<[string, Partial<Scripted>, Partial<Recovery>]>([
    ["an effect is under way", {}, READING],
    ["a command waits in the inbox", { hints: null }, {}],
    ["a command is not answered yet", { isIdle: false }, {}],
  ])("goes on as it is while %s, and leaves webhooks where they are", async (_, given, changes) => {
    const scripted = await long(given, changes);
    expect(scripted.asked.map(([, , withHints]) => withHints)).toEqual([false]);
  });

  test("takes webhooks again where what it has started does not end for ten minutes", async () => {
    const since = (minutes: number): number => DAY_0 - minutes * MINUTE_MS;
    const pendingFor = (...minutes: number[]): Partial<Recovery> => ({
      pendingEffects: Object.fromEntries(
        minutes.map((one, index) => [effectIdOf(index), { kind: "read", since: since(one) }]),
      ) as Recovery["pendingEffects"],
    });
    const withHints = async (pending: Partial<Recovery>): Promise<unknown> =>
      (await long({}, pending)).asked[0]?.[2];
    expect(await withHints(pendingFor(9))).toBe(false);
    expect(await withHints(pendingFor(10))).toBe(true);
    expect(await withHints(pendingFor(1, 11))).toBe(true);
  });

  test("takes webhooks as ever while it is short", async () => {
    const scripted = await long({ isLong: false }, READING);
    expect(scripted.asked.map(([, , withHints]) => withHints)).toEqual([true]);
  });
});
