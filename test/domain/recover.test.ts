import { describe, expect, test } from "vitest";
import { subscriptionReported } from "../../dev/model/events.ts";
import type { Attributes, Decision, FoldedDecision } from "../../domain/decision/decision.ts";
import type { Effect } from "../../domain/decision/effect.ts";
import { TIMELINE_MAX } from "../../domain/decision/timeline.ts";
import { Inbox } from "../../domain/inbox.ts";
import {
  initialLoopState,
  type Loop,
  type LoopEnvironment,
  type LoopState,
  recover,
} from "../../domain/recover.ts";
import type { DomainEvent } from "../../domain/state/event.ts";
import type { Recovery } from "../../domain/state/recovery.ts";
import { effectIdOf } from "../../domain/values/ids.ts";
import { RecoveryDriver } from "../support/domain/recovery-driver.ts";
import { DAY_0, HOUR_MS, MINUTE_MS } from "../support/domain/scenario.ts";

const OPEN = new RecoveryDriver().recovery;
/** Nothing is owed or being opened. */
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
  rules: ["event.ignored"],
  reason: "as the test says",
  ...given,
});

const loopOf = (recovery: Recovery, given: Partial<LoopState> = {}): Loop => ({
  state: { ...initialLoopState(recovery), ...given },
});

/** Remembers whether it was last asked for webhooks too. */
class WatchedInbox extends Inbox {
  lastAsked = true;

  override has(...asked: Parameters<Inbox["has"]>): boolean {
    [this.lastAsked] = asked;
    return super.has(...asked);
  }
}

/** An environment with scripted events, each of which comes when the loop waits, and scripted decisions. */
class Scripted {
  now = DAY_0;
  isLong = false;
  areAnswered = true;
  untilAnswered: () => void = () => undefined;
  /** Called each time the loop waits for an event. */
  onWait: () => void = () => undefined;
  readonly inbox = new WatchedInbox({ seenWebhookIds: ["msg_0"] });
  /** The wake-up and the text of each wait, and whether webhooks would end it. */
  readonly waits: (readonly [wakeAt: number | null, waitingFor: string, withWebhooks: boolean])[] =
    [];
  /** With or without webhooks, each time the loop asks whether all is quiet. */
  readonly quietChecks: boolean[] = [];
  /** The events of each decision. */
  readonly decided: (readonly DomainEvent[])[] = [];
  readonly performed: Effect[] = [];
  readonly shown: Attributes[] = [];
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

  get environment(): LoopEnvironment {
    const { inbox } = this;
    return {
      now: () => this.now,
      inbox,
      wait: async (wakeAt, waitingFor, isReady) => {
        isReady();
        this.waits.push([wakeAt, waitingFor, inbox.lastAsked]);
        this.onWait();
        while (!isReady()) {
          const event = this.#events.shift();
          if (event === undefined) throw new Error("nothing more happens");
          if (event.kind === "timer_fired") return await Promise.resolve(false);
          inbox.push(event);
        }
        return true;
      },
      isQuiet: async (withWebhooks) => {
        this.quietChecks.push(withWebhooks);
        const waiting = withWebhooks
          ? this.#events
          : this.#events.filter((one) => !("webhookId" in one));
        return await Promise.resolve(waiting.length === 0 && !inbox.has(withWebhooks));
      },
      decide: async (_recovery, { events, ids }) => {
        this.decided.push(events);
        const decided: FoldedDecision = { ...(this.#decisions.shift() ?? decision()), events: ids };
        return await Promise.resolve(decided);
      },
      perform: (effect) => this.performed.push(effect),
      show: (shown) => this.shown.push(shown),
      allCommandsAnswered: () => this.areAnswered,
      untilCommandsAnswered: async () => {
        this.untilAnswered();
        await Promise.resolve();
      },
      isHistoryLong: () => this.isLong,
    };
  }
}

describe("the loop", () => {
  test("starts with a read of Dodo, with nothing seen and an empty timeline", () => {
    expect(initialLoopState(OPEN)).toEqual({
      recovery: OPEN,
      wakeAt: DAY_0,
      waitingFor: "the first read of Dodo",
      seenWebhookIds: [],
      timeline: [],
    });
  });

  test("waits as the last decision says, performs and shows each decision, and ends when the recovery is over", async () => {
    const scripted = new Scripted(
      [TIMER, TIMER],
      [decision({}, { effects: [WITHDRAW], waitingFor: "the end" }), decision(OVER)],
    );
    const loop = loopOf(OPEN);
    scripted.onWait = () => {
      scripted.now += 1;
    };
    expect(await recover(loop, scripted.environment)).toBe("ended");
    expect(loop.state.recovery.opening).toBeNull();
    expect(loop.state.timeline).toEqual([
      { at: DAY_0 + 1, rule: "event.ignored", reason: "as the test says" },
      { at: DAY_0 + 2, rule: "event.ignored", reason: "as the test says" },
    ]);
    expect(scripted.waits.map(([wakeAt, what]) => [wakeAt, what])).toEqual([
      [DAY_0, "the first read of Dodo"],
      [DAY_0 + HOUR_MS, "the end"],
    ]);
    expect(scripted.performed).toEqual([WITHDRAW]);
    expect(scripted.shown).toEqual([{}, {}]);
  });

  test("decides on events that arrive before its end, and continues if one of them opens something", async () => {
    const scripted = new Scripted(
      [TIMER, webhook("msg_1"), TIMER],
      [decision(OVER), decision({ opening: OPEN.opening }), decision(OVER)],
    );
    await recover(loopOf(OPEN), scripted.environment);
    expect(scripted.decided).toHaveLength(3);
  });

  test("does not end before every command has its reply", async () => {
    const scripted = new Scripted([TIMER], [decision(OVER)]);
    scripted.areAnswered = false;
    let waited = 0;
    scripted.untilAnswered = () => {
      waited += 1;
      // The first wait ends with an event.
      if (waited === 1) scripted.push(webhook("msg_1"), decision());
      else scripted.areAnswered = true;
    };
    expect(await recover(loopOf(OPEN), scripted.environment)).toBe("ended");
    expect(waited).toBe(2);
    expect(scripted.decided).toHaveLength(2);
  });

  test("sets fields that an earlier version did not have to their initial values", async () => {
    const { outbox: _, ...earlier } = { ...OPEN, ...OVER };
    const scripted = new Scripted([], []);
    const loop = loopOf(earlier as Recovery);
    await recover(loop, scripted.environment);
    expect(loop.state.recovery.outbox).toEqual([]);
  });
});

describe("the timeline", () => {
  test("keeps the latest decisions", async () => {
    const reasons = Array.from({ length: TIMELINE_MAX + 2 }, (_, index) => `reason ${index}`);
    const decisions = reasons.map((reason) => decision({}, { reason }));
    const scripted = new Scripted(
      reasons.map(() => TIMER),
      decisions,
    );
    scripted.push(TIMER, decision(OVER, { reason: "the end" }));
    const loop = loopOf(OPEN);
    await recover(loop, scripted.environment);
    expect(loop.state.timeline).toHaveLength(TIMELINE_MAX);
    expect(loop.state.timeline.at(-1)?.reason).toBe("the end");
  });
});

describe("events that wait together", () => {
  const NOTIFIED: DomainEvent = {
    kind: "operator_notified",
    effectId: effectIdOf(7),
    delivered: true,
  };

  test("are one decision, and every reason is in the timeline", async () => {
    const folded: Decision = {
      ...decision(OVER),
      earlier: [{ rule: "subscription.hint", rules: ["subscription.hint"], reason: "the first" }],
    };
    const scripted = new Scripted([], [folded]);
    for (const event of [webhook("msg_1"), NOTIFIED]) scripted.inbox.push(event);
    const loop = loopOf(OPEN);
    expect(await recover(loop, scripted.environment)).toBe("ended");
    expect(scripted.decided).toEqual([[webhook("msg_1"), NOTIFIED]]);
    expect(loop.state.timeline).toEqual([
      { at: DAY_0, rule: "subscription.hint", reason: "the first" },
      { at: DAY_0, rule: "event.ignored", reason: "as the test says" },
    ]);
  });

  test("are not decided on again where one arrives only after its recorded decision", async () => {
    const scripted = new Scripted([webhook("msg_1"), webhook("msg_2"), TIMER], []);
    const { environment } = scripted;
    const decisions = [
      { ...decision(), events: ["msg_1", "msg_2"] },
      { ...decision(OVER), events: [] },
    ];
    const decide = async (): Promise<FoldedDecision> =>
      await Promise.resolve(decisions.shift() ?? { ...decision(), events: [] });
    expect(await recover(loopOf(OPEN), { ...environment, decide })).toBe("ended");
    expect(decisions).toEqual([]);
  });
});

describe("an event that may wait", () => {
  const SENT: DomainEvent = {
    kind: "notice_finished",
    effectId: effectIdOf(7),
    outcome: { kind: "sent", messageId: "m" },
  };
  const UNSENT: DomainEvent = {
    kind: "notice_finished",
    effectId: effectIdOf(7),
    outcome: { kind: "unsent", detail: "the mail server is down" },
  };
  const patient = decision({}, { mayWait: [effectIdOf(7)] });

  /** What the decisions after the first are about. */
  async function decidedAfter(...events: DomainEvent[]): Promise<readonly string[][]> {
    const scripted = new Scripted([TIMER, ...events, TIMER], [patient]);
    await recover(loopOf(OPEN), scripted.environment).catch(() => undefined);
    return scripted.decided.slice(1).map((decided) => decided.map(({ kind }) => kind));
  }

  test("is decided on with the next event", async () => {
    expect(await decidedAfter(SENT, webhook("msg_1"))).toEqual([
      ["notice_finished", "subscription_reported"],
      [],
    ]);
  });

  test("is decided on at the wake-up, and never later", async () => {
    expect(await decidedAfter(SENT)).toEqual([["notice_finished"]]);
  });

  test("does not wait if it says something else than was expected", async () => {
    expect(await decidedAfter(UNSENT)).toEqual([["notice_finished"], []]);
    expect(await decidedAfter(UNSENT, webhook("msg_1"))).toEqual([
      ["notice_finished"],
      ["subscription_reported"],
      [],
    ]);
  });

  test("does not wait in a run with a long history", async () => {
    const scripted = new Scripted(
      [TIMER, SENT, webhook("msg_1"), TIMER],
      [patient, decision(OVER)],
    );
    scripted.isLong = true;
    await recover(loopOf({ ...OPEN, ...READING }), scripted.environment);
    expect(scripted.decided[1]).toEqual([SENT]);
  });
});

describe("search attributes", () => {
  const brief = (given: Partial<Decision> = {}): Decision =>
    decision({}, { wakeAt: null, attributes: { state: "charging" }, shows: "soon", ...given });
  const waits = (): Decision => decision(OVER, { attributes: { state: "waiting", amountDue: 5 } });

  test("of a state that lasts for seconds are not shown", async () => {
    const scripted = new Scripted([TIMER, webhook("msg_1")], [brief(), waits()]);
    await recover(loopOf(OPEN), scripted.environment);
    expect(scripted.shown).toEqual([{}, { state: "waiting", amountDue: 5 }]);
    expect(scripted.waits.map(([wakeAt]) => wakeAt)).toEqual([DAY_0, DAY_0 + MINUTE_MS]);
  });

  test("are shown after a minute, without a decision", async () => {
    const scripted = new Scripted([TIMER, TIMER, webhook("msg_1")], [brief(), waits()]);
    await recover(loopOf(OPEN), scripted.environment);
    expect(scripted.shown).toEqual([{}, { state: "charging" }, { state: "waiting", amountDue: 5 }]);
    expect(scripted.decided).toHaveLength(2);
    expect(scripted.waits.at(-1)?.[0]).toBeNull();
  });

  test("that may wait are shown with the next", async () => {
    const first = decision({}, { attributes: { customerId: "cus_1" }, shows: "with_next" });
    const scripted = new Scripted([TIMER, TIMER, TIMER], [first, decision(), waits()]);
    await recover(loopOf(OPEN), scripted.environment);
    expect(scripted.shown.slice(0, 2)).toEqual([{}, {}]);
    expect(scripted.shown.at(-1)).toEqual({ customerId: "cus_1", state: "waiting", amountDue: 5 });
  });

  test("end the wait of the events that waited for them", async () => {
    const accepted: DomainEvent = {
      kind: "charge_finished",
      effectId: effectIdOf(7),
      outcome: { kind: "accepted", paymentId: "pay_2" as never, adopted: false },
    };
    const decisions = [brief({ mayWait: [effectIdOf(7)] }), waits()];
    const scripted = new Scripted([TIMER, TIMER, accepted], decisions);
    await recover(loopOf(OPEN), scripted.environment);
    expect(scripted.decided).toEqual([[], [accepted]]);
  });
});

describe("a run with a long history", () => {
  /** A run whose history is long after its first decision, and that ends with its second. */
  async function long(
    given: Partial<Scripted>,
    changes: Partial<Recovery> = {},
  ): Promise<Scripted> {
    const scripted = new Scripted([TIMER, TIMER], [decision(), decision(OVER)]);
    Object.assign(scripted, { isLong: true, ...given });
    scripted.untilAnswered = () => {
      scripted.areAnswered = true;
    };
    await recover(loopOf({ ...OPEN, ...changes }), scripted.environment);
    return scripted;
  }

  test("hands its state and the waiting webhooks to the next run", async () => {
    const scripted = new Scripted([TIMER], [decision()]);
    scripted.isLong = true;
    const { environment } = scripted;
    const decide: LoopEnvironment["decide"] = async (...input) => {
      scripted.inbox.push(webhook("msg_9"));
      return await environment.decide(...input);
    };
    const loop = loopOf(OPEN, { seenWebhookIds: ["msg_1"] });
    expect(await recover(loop, { ...environment, decide })).toBe("continued");
    expect(loop.state).toMatchObject({
      recovery: OPEN,
      waitingFor: "an hour to pass",
      seenWebhookIds: ["msg_0", "msg_9"],
      webhooks: [webhook("msg_9")],
    });
    expect(scripted.waits).toHaveLength(1);
  });

  test.each<[string, Partial<Scripted>, Partial<Recovery>]>([
    ["an effect is pending", {}, READING],
    ["a command is not answered yet", { areAnswered: false }, {}],
  ])("goes on waiting while %s, and leaves webhooks in the inbox", async (_, given, changes) => {
    const scripted = await long(given, changes);
    expect(scripted.waits.map(([, , withWebhooks]) => withWebhooks)).toEqual([true, false]);
  });

  test("takes webhooks again once an effect has been pending for ten minutes", async () => {
    const since = (minutes: number): number => DAY_0 - minutes * MINUTE_MS;
    const pendingFor = (...minutes: number[]): Partial<Recovery> => ({
      pendingEffects: Object.fromEntries(
        minutes.map((count, index) => [effectIdOf(index), { kind: "read", since: since(count) }]),
      ) as Recovery["pendingEffects"],
    });
    const withWebhooks = async (pending: Partial<Recovery>): Promise<unknown> =>
      (await long({}, pending)).waits[1]?.[2];
    expect(await withWebhooks(pendingFor(9))).toBe(false);
    expect(await withWebhooks(pendingFor(10))).toBe(true);
    expect(await withWebhooks(pendingFor(1, 11))).toBe(true);
  });

  test("takes webhooks as usual while its history is short", async () => {
    const scripted = await long({ isLong: false }, READING);
    expect(scripted.waits.map(([, , withWebhooks]) => withWebhooks)).toEqual([true, true]);
  });
});
