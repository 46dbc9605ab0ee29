import type { Policy } from "../policy.ts";
import type { RuleId } from "../rules.ts";
import type { CommandReply } from "../state/command.ts";
import type { DomainEvent } from "../state/event.ts";
import type { Recovery } from "../state/recovery.ts";
import { type EffectId, effectIdOf } from "../values/ids.ts";
import { type Instant } from "../values/time.ts";
import type { AwaitedEffect, Effect } from "./effect.ts";

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
  /** Every rule that applied, in order, each once. */
  readonly rules: RuleId[];
  readonly reasons: string[];
};

export function update(draft: DecisionDraft, changes: Partial<Recovery>): void {
  draft.recovery = { ...draft.recovery, ...changes };
}

/** Records why; the last rule named is the decision's, and all reasons are kept in order. */
export function explain(draft: DecisionDraft, rule: RuleId, reason: string): void {
  draft.rule = rule;
  if (!draft.rules.includes(rule)) draft.rules.push(rule);
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
