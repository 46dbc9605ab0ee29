import type { AttentionCause } from "./attention.ts";
import type { AwaitedEffect, CommandReply, Effect, ReadEffect } from "./effect.ts";
import type { DomainEvent } from "./event.ts";
import { effectIdOf, type EffectId, type PaymentId } from "./ids.ts";
import type { Policy } from "./policy.ts";
import { isPending, type Recovery } from "./recovery.ts";
import type { RuleId } from "./rules.ts";
import { DAY_MS, HOUR_MS, type Instant } from "./time.ts";

/**
 * One decision being made: the recovery as it will be, the effects so far, and why. Lives inside one call of
 * `decide`, which stays pure; the rules below it read and update a turn instead of passing five values around.
 */
export type Turn = {
  readonly now: Instant;
  readonly policy: Policy;
  readonly event: DomainEvent;
  recovery: Recovery;
  readonly effects: Effect[];
  rule: RuleId;
  readonly reasons: string[];
};

export function update(turn: Turn, changes: Partial<Recovery>): void {
  turn.recovery = { ...turn.recovery, ...changes };
}

/** Records why; the last rule named is the decision's, and all reasons are kept in order. */
export function because(turn: Turn, rule: RuleId, reason: string): void {
  turn.rule = rule;
  turn.reasons.push(reason);
}

type WithoutId<E> = E extends AwaitedEffect ? Omit<E, "id"> : never;

/** Starts an effect whose outcome will come back as an event. */
export function start(turn: Turn, effect: WithoutId<AwaitedEffect>): EffectId {
  const effects = turn.recovery.effects + 1;
  const id = effectIdOf(effects);
  turn.effects.push({ ...effect, id } as AwaitedEffect);
  update(turn, {
    effects,
    pending: { ...turn.recovery.pending, [id]: { kind: effect.kind, since: turn.now } },
  });
  return id;
}

export function reply(turn: Turn, commandId: string, answer: CommandReply): void {
  turn.effects.push({ kind: "reply", commandId, reply: answer });
}

/** Dodo's cap counts 30 days; a debt's own payments are needed from its first failure on. */
function readSince(recovery: Recovery, policy: Policy, now: Instant): Instant {
  const month = now - Math.max(30 * DAY_MS, policy.windowMs);
  return Math.min(month, recovery.debt?.firstFailedAt ?? month) - HOUR_MS;
}

/** Reads Dodo now; where a read is under way already, once more after it. */
export function startRead(turn: Turn, why: string): void {
  const { recovery, policy, now } = turn;
  if (isPending(recovery, "read")) {
    update(turn, { rereadWanted: true });
    return;
  }
  const named = [
    ...(recovery.opening?.reported ?? []),
    ...[recovery.charge?.paymentId, recovery.link?.paymentId].filter((id) => id != null),
  ];
  const known = [...recovery.attempts.map((attempt) => attempt.paymentId), ...recovery.accounted];
  const effect: Omit<ReadEffect, "id"> = {
    kind: "read",
    since: readSince(recovery, policy, now),
    named,
    known,
    why,
  };
  start(turn, effect);
  update(turn, { rereadWanted: false });
}

/** The operator is told; the recovery goes on. Once for each cause and detail within a debt. */
export function tell(turn: Turn, cause: AttentionCause, detail: string): void {
  const key = `${cause} ${detail}`.slice(0, 80);
  if (turn.recovery.told.includes(key)) return;
  update(turn, { told: [...turn.recovery.told, key].slice(-20) });
  start(turn, { kind: "tell_operator", cause, detail });
}

/** The recovery waits for a person, and its window stands still. */
export function hold(turn: Turn, cause: AttentionCause, detail: string): void {
  if (turn.recovery.attention?.cause === cause) return;
  update(turn, { attention: { cause, since: turn.now, detail } });
  stopWindow(turn);
  tell(turn, cause, detail);
}

export function stopWindow(turn: Turn): void {
  if (turn.recovery.windowEndsAt !== null && turn.recovery.windowStoppedAt === null) {
    update(turn, { windowStoppedAt: turn.now });
  }
}

/** The window runs again, later by as long as it stood still; not while something else still holds it. */
export function restartWindow(turn: Turn): void {
  const { windowEndsAt, windowStoppedAt, paused, attention } = turn.recovery;
  if (windowEndsAt === null || windowStoppedAt === null) return;
  if (paused !== null || attention !== null) return;
  update(turn, {
    windowEndsAt: windowEndsAt + (turn.now - windowStoppedAt),
    windowStoppedAt: null,
  });
}

/** Remembers that a payment is not this debt's, or was dealt with. Bounded: the oldest are forgotten. */
export function account(turn: Turn, paymentId: PaymentId): void {
  const { accounted } = turn.recovery;
  if (accounted.includes(paymentId)) return;
  update(turn, { accounted: [...accounted, paymentId].slice(-50) });
}
