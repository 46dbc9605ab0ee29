import type { Policy } from "../policy.ts";
import type { RuleId } from "../rules.ts";
import type { AttentionCause } from "../state/attention.ts";
import type { CommandReply } from "../state/command.ts";
import type { AwaitedEffect, Effect, ReadEffect } from "../state/effect.ts";
import type { DomainEvent } from "../state/event.ts";
import { isPending } from "../state/facts.ts";
import type { Recovery } from "../state/recovery.ts";
import { type EffectId, effectIdOf, type PaymentId } from "../values/ids.ts";
import { DAY_MS, HOUR_MS, type Instant } from "../values/time.ts";

/**
 * One decision being made: the recovery as it will be, the effects so far, and why. Lives inside one call of
 * `decide`, which stays pure; the rules below it read and update a turn instead of passing five values around.
 */
export type Turn = {
  readonly now: Instant;
  readonly policy: Policy;
  readonly event: DomainEvent;
  /** When the read that has just come back was begun, by this same clock; a worker's may differ. */
  readBegunAt: Instant | null;
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

/** An opening looks further back than the window, to tell an old debt's hold from one without a debt. */
const OPENING_LOOKS_BACK_MS = 60 * DAY_MS;

/** Dodo's cap counts 30 days; a debt's own payments are needed from its first failure on. */
function readSince(recovery: Recovery, policy: Policy, now: Instant): Instant {
  const further = recovery.opening === null ? 0 : OPENING_LOOKS_BACK_MS;
  const month = now - Math.max(30 * DAY_MS, policy.windowMs) - further;
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
    ...recovery.unplaced,
    ...[recovery.charge?.paymentId, recovery.link?.paymentId].filter((id) => id != null),
  ];
  const known = recovery.attempts.slice(1).flatMap(({ paymentId }) => paymentId ?? []);
  const effect: Omit<ReadEffect, "id"> = {
    kind: "read",
    since: readSince(recovery, policy, now),
    named: [...new Set(named)],
    known,
    why,
    ...(policy.debtKey === null ? {} : { debtKeyName: policy.debtKey }),
    // Not by an opening's first look, which may find that nothing is owed.
    ...((recovery.opening?.reads ?? 0) > 0 ? { withDisputes: true } : {}),
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

/** How many open questions are kept: more would be the same again. */
const ATTENTION_MAX = 10;

/** The recovery waits for a person, and its window stands still. Where nothing is owed there is nothing to wait for. */
export function hold(turn: Turn, cause: AttentionCause, detail: string): void {
  const { attention, debt, opening } = turn.recovery;
  if (debt !== null || opening !== null) {
    if (attention.some((one) => one.cause === cause && one.detail === detail)) return;
    const question = { cause, since: turn.now, detail };
    update(turn, { attention: [...attention, question].slice(-ATTENTION_MAX) });
    stopWindow(turn);
  }
  tell(turn, cause, detail);
}

/** What was asked has answered itself, or a person has: the window runs again once nothing else holds it. */
export function release(turn: Turn, causes: readonly AttentionCause[]): void {
  const { attention, told } = turn.recovery;
  const isMeant = ({ cause }: { readonly cause: AttentionCause }): boolean =>
    causes.includes(cause);
  if (!attention.some(isMeant)) return;
  update(turn, {
    attention: attention.filter((one) => !isMeant(one)),
    // Should it come again, it is news again.
    told: told.filter((key) => !causes.some((cause) => key.startsWith(`${cause} `))),
  });
  restartWindow(turn);
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
  if (paused !== null || attention.length > 0) return;
  update(turn, {
    windowEndsAt: windowEndsAt + (turn.now - windowStoppedAt),
    windowStoppedAt: null,
  });
}

const REMEMBERED_MAX = 50;

const remember = (list: readonly string[], value: string): readonly string[] =>
  list.includes(value) ? list : [...list, value].slice(-REMEMBERED_MAX);

/** A person said that this success is not the debt's. */
export function answer(turn: Turn, paymentId: PaymentId): void {
  update(turn, { answered: remember(turn.recovery.answered, paymentId) });
}

/** This payment failed, or its page was left: it counts again only if it succeeds. */
export function dealWith(turn: Turn, paymentId: PaymentId): void {
  update(turn, { dealtWith: remember(turn.recovery.dealtWith, paymentId) });
}

/** A bank said no for good to this card, whoever asked: we do not ask again. */
export function bar(turn: Turn, methodId: string): void {
  update(turn, { barredMethods: remember(turn.recovery.barredMethods, methodId) });
}

export function unbar(turn: Turn, methodId: string): void {
  const { barredMethods } = turn.recovery;
  if (!barredMethods.includes(methodId)) return;
  update(turn, { barredMethods: barredMethods.filter((one) => one !== methodId) });
}

export function markTried(turn: Turn, methodId: string): void {
  update(turn, { triedMethods: remember(turn.recovery.triedMethods, methodId) });
}

/** Reads of something that is open, ever further apart. @param reads how many there were */
export function followUpAt(turn: Turn, reads: number): Instant {
  const { followUpMs } = turn.policy.retry;
  return turn.now + Math.max(followUpMs[Math.min(reads, followUpMs.length - 1)] ?? 0, 1);
}
