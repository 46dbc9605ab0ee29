import type { Policy } from "../policy.ts";
import type { RuleId } from "../rules.ts";
import { type Alert, type Attention, isSameAlert } from "../state/alert.ts";
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
export type DecisionDraft = {
  readonly now: Instant;
  readonly policy: Policy;
  readonly event: DomainEvent;
  /** When the read that has just come back was begun, by this same clock; a worker's may differ. */
  readStartedAt: Instant | null;
  recovery: Recovery;
  readonly effects: Effect[];
  rule: RuleId;
  readonly reasons: string[];
};

export function update(draft: DecisionDraft, changes: Partial<Recovery>): void {
  draft.recovery = { ...draft.recovery, ...changes };
}

/** Records why; the last rule named is the decision's, and all reasons are kept in order. */
export function explain(draft: DecisionDraft, rule: RuleId, reason: string): void {
  draft.rule = rule;
  draft.reasons.push(reason);
}

type WithoutId<E> = E extends AwaitedEffect ? Omit<E, "id"> : never;

/** Starts an effect whose outcome will come back as an event. */
export function startEffect(draft: DecisionDraft, effect: WithoutId<AwaitedEffect>): EffectId {
  const effectCount = draft.recovery.effectCount + 1;
  const id = effectIdOf(effectCount);
  draft.effects.push({ ...effect, id } as AwaitedEffect);
  update(draft, {
    effectCount,
    pendingEffects: {
      ...draft.recovery.pendingEffects,
      [id]: { kind: effect.kind, since: draft.now },
    },
  });
  return id;
}

export function reply(draft: DecisionDraft, commandId: string, answer: CommandReply): void {
  draft.effects.push({ kind: "reply", commandId, reply: answer });
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
export function startRead(draft: DecisionDraft, why: string): void {
  const { recovery, policy, now } = draft;
  if (isPending(recovery, "read")) {
    update(draft, { rereadNeeded: true });
    return;
  }
  const named = [
    ...(recovery.opening?.reportedPayments ?? []),
    ...recovery.paymentsToAttribute,
    ...[recovery.charge?.paymentId, recovery.paymentLink?.paymentId].filter((id) => id != null),
  ];
  const endedPayments = recovery.attempts.slice(1).flatMap(({ paymentId }) => paymentId ?? []);
  const effect: Omit<ReadEffect, "id"> = {
    kind: "read",
    since: readSince(recovery, policy, now),
    paymentIds: [...new Set(named)],
    endedPayments,
    why,
    ...(policy.debtKey === null ? {} : { debtKeyName: policy.debtKey }),
    // Not by an opening's first look, which may find that nothing is owed.
    ...((recovery.opening?.reads ?? 0) > 0 ? { withDisputes: true } : {}),
  };
  startEffect(draft, effect);
  update(draft, { rereadNeeded: false });
}

/** How many alerts about one debt are remembered, so that each is sent once. */
const ALERTS_MAX = 20;

/** Sends an alert, once for each debt. The recovery continues. */
export function notifyOperator(draft: DecisionDraft, alert: Alert): void {
  const { alertsSent } = draft.recovery;
  if (alertsSent.some((sent) => isSameAlert(sent, alert))) return;
  update(draft, { alertsSent: [...alertsSent, alert].slice(-ALERTS_MAX) });
  startEffect(draft, { kind: "notify_operator", alert });
}

/** How many open questions are kept: more would repeat them. */
const ATTENTION_MAX = 10;

/** Asks a person: the recovery waits and its window stands still. Without a debt there is nothing to wait for. */
export function raiseAttention(draft: DecisionDraft, alert: Alert): void {
  const { attention, debt, opening } = draft.recovery;
  if (debt !== null || opening !== null) {
    if (attention.some((question) => isSameAlert(question, alert))) return;
    const question: Attention = { ...alert, since: draft.now };
    update(draft, { attention: [...attention, question].slice(-ATTENTION_MAX) });
    pauseWindow(draft);
  }
  notifyOperator(draft, alert);
}

/** Closes the questions of these causes: the window runs again once nothing else holds it. */
export function resolveAttention(draft: DecisionDraft, causes: readonly AttentionCause[]): void {
  const { attention, alertsSent } = draft.recovery;
  const isMeant = ({ cause }: Alert): boolean => causes.includes(cause);
  if (!attention.some(isMeant)) return;
  update(draft, {
    attention: attention.filter((question) => !isMeant(question)),
    // A question that comes again is news again.
    alertsSent: alertsSent.filter((alert) => !isMeant(alert)),
  });
  resumeWindow(draft);
}

export function pauseWindow(draft: DecisionDraft): void {
  if (draft.recovery.windowEndsAt !== null && draft.recovery.windowStoppedAt === null) {
    update(draft, { windowStoppedAt: draft.now });
  }
}

/** The window runs again, later by as long as it stood still; not while something else still holds it. */
export function resumeWindow(draft: DecisionDraft): void {
  const { windowEndsAt, windowStoppedAt, paused, attention } = draft.recovery;
  if (windowEndsAt === null || windowStoppedAt === null) return;
  if (paused !== null || attention.length > 0) return;
  update(draft, {
    windowEndsAt: windowEndsAt + (draft.now - windowStoppedAt),
    windowStoppedAt: null,
  });
}

const REMEMBERED_MAX = 50;

const remember = (list: readonly string[], value: string): readonly string[] =>
  list.includes(value) ? list : [...list, value].slice(-REMEMBERED_MAX);

/** A person said that this success is not the debt's. */
export function excludePayment(draft: DecisionDraft, paymentId: PaymentId): void {
  update(draft, { excludedPayments: remember(draft.recovery.excludedPayments, paymentId) });
}

/** This payment failed, or its page was left: it counts again only if it succeeds. */
export function markHandled(draft: DecisionDraft, paymentId: PaymentId): void {
  update(draft, { handledPayments: remember(draft.recovery.handledPayments, paymentId) });
}

/** A bank said no for good to this card, whoever asked: we do not ask again. */
export function blockMethod(draft: DecisionDraft, methodId: string): void {
  update(draft, { blockedMethods: remember(draft.recovery.blockedMethods, methodId) });
}

export function unblockMethod(draft: DecisionDraft, methodId: string): void {
  const { blockedMethods } = draft.recovery;
  if (!blockedMethods.includes(methodId)) return;
  update(draft, { blockedMethods: blockedMethods.filter((one) => one !== methodId) });
}

export function markMethodTried(draft: DecisionDraft, methodId: string): void {
  update(draft, { triedMethods: remember(draft.recovery.triedMethods, methodId) });
}

/** Reads of something that is open, ever further apart. @param reads how many there were */
export function followUpAt(draft: DecisionDraft, reads: number): Instant {
  const { followUpMs } = draft.policy.retry;
  return draft.now + Math.max(followUpMs[Math.min(reads, followUpMs.length - 1)] ?? 0, 1);
}
