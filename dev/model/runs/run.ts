import type { ChargeInput } from "../../../activities/charge/charge-input.ts";
import { earlierChargeOf } from "../../../domain/charge/earlier-charges.ts";
import {
  closedPaymentIds,
  exhaustedDebtsOf,
  type RecoveryResult,
} from "../../../domain/debt/result.ts";
import type { Effect } from "../../../domain/decision/effect.ts";
import type { Decided } from "../../../domain/fold.ts";
import { Inbox, type InboxContent } from "../../../domain/inbox.ts";
import type { Loop, LoopState } from "../../../domain/recover.ts";
import type {
  ChargeOutcome,
  DomainEvent,
  PaymentLinkOutcome,
} from "../../../domain/state/event.ts";
import type { EarlierRuns, Evidence } from "../../../domain/state/payment.ts";
import type { Recovery } from "../../../domain/state/recovery.ts";
import type { EffectId } from "../../../domain/values/ids.ts";
import { type Instant, SECOND_MS } from "../../../domain/values/time.ts";
import type { Timeline } from "../timeline.ts";
import type { RecordedDecision } from "./records.ts";

/** The time-out of a charge activity. @source workflows/recovery/perform.ts */
const LONGEST_CHARGE_MS = 70 * SECOND_MS;

/** A stopped run never goes on. */
export const NEVER = new Promise<never>(() => undefined);

export type StartedEffect = { readonly effect: Effect; readonly recovery: Recovery };

type SentCharge = {
  readonly input: ChargeInput;
  outcome: ChargeOutcome | null;
  endedAt: Instant | null;
};

/** A point to which a run can be reset: after one of its decisions. */
type ResetPoint = {
  readonly at: Instant;
  readonly state: LoopState;
  readonly inbox: Required<InboxContent>;
  /** How many events had arrived from outside. */
  readonly received: number;
};

/** One run of a recovery, as Temporal knows it. */
export class Run {
  readonly inbox: Inbox;
  readonly loop: Loop;
  /** When it began and closed; null while it is open. */
  readonly record: { readonly openedAt: Instant; endedAt: Instant | null };
  isOver = false;
  /** Called with each event that arrives. */
  onArrival: (event: DomainEvent) => void = () => undefined;
  /** When it was terminated, or replaced by a reset; null where it was not. */
  stoppedAt: Instant | null = null;
  readonly charges: SentCharge[] = [];
  readonly pages: { readonly outcome: PaymentLinkOutcome; readonly at: Instant }[] = [];
  readonly points: ResetPoint[] = [];
  readonly effects: Map<EffectId, StartedEffect>;
  readonly #received: DomainEvent[] = [];
  #wake: (() => void) | null = null;

  constructor(
    state: LoopState,
    openedAt: Instant,
    given?: Pick<Run, "effects"> & { readonly inbox: InboxContent },
  ) {
    this.loop = { state };
    this.record = { openedAt, endedAt: null };
    this.inbox = new Inbox(given?.inbox ?? state);
    this.effects = new Map(given?.effects);
  }

  push(event: DomainEvent): void {
    if (this.isOver) return;
    if (isFromOutside(event)) this.#received.push(event);
    this.onArrival(event);
    this.inbox.push(event);
    this.#wake?.();
  }

  /** Waits for an event, or for `wakeAt`. */
  async wait(wakeAt: Instant | null, isReady: () => boolean, timeline: Timeline): Promise<boolean> {
    this.#markPoint(timeline.now());
    if (!isReady()) {
      await new Promise<void>((resolve) => {
        const timer = wakeAt === null ? null : timeline.at(wakeAt, resolve);
        this.#wake = () => {
          if (!this.isOver && !isReady()) return;
          timer?.cancel();
          resolve();
        };
      });
      this.#wake = null;
    }
    if (this.isOver) await NEVER;
    return isReady();
  }

  /** Stops it from outside: it decides nothing more, and learns no outcome. */
  stop(at: Instant): void {
    this.isOver = true;
    this.stoppedAt = at;
    this.record.endedAt = at;
    this.#wake?.();
  }

  /** Remembers the state after a decision. */
  #markPoint(at: Instant): void {
    const { state } = this.loop;
    const inbox = this.inbox.content();
    this.points.push({ at, state, inbox, received: this.#received.length });
  }

  /**
   * The run that a reset at `now` to the last decision before `instant` starts: what has arrived since arrives again, and Temporal
   * runs the activities again that had no result. Null where there is no such decision.
   */
  resetTo(
    instant: Instant,
    now: Instant,
  ): { readonly run: Run; readonly restarted: readonly StartedEffect[] } | null {
    const point = this.points.findLast(({ at }) => at <= instant);
    if (point === undefined) return null;
    const run = new Run(point.state, now, { inbox: point.inbox, effects: this.effects });
    for (const event of this.#received.slice(point.received)) run.inbox.push(event);
    run.#received.push(...this.#received);
    const answered = point.inbox.webhooks.map((event) =>
      "effectId" in event ? event.effectId : null,
    );
    const restarted = Object.keys(point.state.recovery.pendingEffects).flatMap((id) => {
      const started = this.effects.get(id as EffectId);
      return started === undefined || answered.includes(id as EffectId) ? [] : [started];
    });
    return { run, restarted };
  }

  /** What it leaves to the next run, as its history tells. */
  leftBehind(): EarlierRuns {
    const { ended, handledPayments, blockedMethods, imported } = this.loop.state.recovery;
    const stoppedAt = this.stoppedAt ?? 0;
    return {
      endedDebts: closedPaymentIds({ debts: ended, handledPayments }),
      blockedMethods,
      earlierCharges: this.charges.flatMap(({ input, outcome, endedAt }, index) => {
        const { key, number, at, via } = input;
        if (this.charges.slice(index + 1).some((later) => later.input.key === key)) return [];
        const sent = { key, number, startedAt: at, ...(via === undefined ? {} : { via }) };
        return earlierChargeOf(sent, outcome, endedAt ?? stoppedAt + LONGEST_CHARGE_MS) ?? [];
      }),
      earlierPages: this.pages.flatMap(({ outcome, at }) =>
        outcome.kind === "made" && outcome.paymentId !== null
          ? [{ paymentId: outcome.paymentId, createdAt: at }]
          : [],
      ),
      ...(imported === null ? {} : { stoppedImport: imported }),
    };
  }
}

/** Everything that earlier runs say: the results of those that ended, and what stopped runs left behind. */
export function earlierRunsOf(
  results: readonly RecoveryResult[],
  stopped: readonly Run[],
): EarlierRuns & Required<Pick<Evidence, "exhaustedDebts">> {
  const left = stopped.map((run) => run.leftBehind());
  const newest = left.at(-1)?.blockedMethods ?? results.at(-1)?.blockedMethods ?? [];
  const ends = results.flatMap(({ debts }) => debts.map(({ endedAt }) => endedAt));
  const isStoppedNewest = (stopped.at(-1)?.stoppedAt ?? 0) >= Math.max(0, ...ends);
  const stoppedImport = isStoppedNewest ? left.at(-1)?.stoppedImport : undefined;
  return {
    endedDebts: [
      ...results.flatMap((result) => closedPaymentIds(result)),
      ...left.flatMap(({ endedDebts }) => endedDebts),
    ],
    blockedMethods: newest,
    exhaustedDebts: exhaustedDebtsOf(results.toReversed()),
    earlierCharges: left.flatMap(({ earlierCharges = [] }) => earlierCharges),
    earlierPages: left.flatMap(({ earlierPages = [] }) => earlierPages),
    ...(stoppedImport === undefined ? {} : { stoppedImport }),
  };
}

/** Temporal applies signals and updates again that came after the reset point. */
function isFromOutside(event: DomainEvent): boolean {
  return (
    "webhookId" in event || ["command", "charge_requested", "cancel_requested"].includes(event.kind)
  );
}

export function recordOf({ event, before, decision }: Decided, at: Instant): RecordedDecision {
  return { at, event, decision, recovery: { ...before, ...decision.changes } };
}
