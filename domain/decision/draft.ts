import type { Policy } from "../policy.ts";
import type { RuleId } from "../rules.ts";
import type { CommandReply } from "../state/command.ts";
import type { DomainEvent } from "../state/event.ts";
import type { Recovery } from "../state/recovery.ts";
import { type EffectId, effectIdOf } from "../values/ids.ts";
import { type Instant } from "../values/time.ts";
import type { AwaitedEffect, Effect } from "./effect.ts";

/**
 * A decision under construction: the recovery after it, the effects so far, and the reasons. It lives inside one call
 * of `decide`, which stays pure. Rules read and update the draft.
 */
export type DecisionDraft = {
  readonly now: Instant;
  readonly policy: Policy;
  readonly event: DomainEvent;
  /** When the read that has just come back started, by the workflow's clock; a worker's clock may differ. */
  readStartedAt: Instant | null;
  /** A copy that belongs to the draft: `update` changes it in place. A rule that needs a field as it was reads it before. */
  readonly recovery: Recovery;
  readonly effects: Effect[];
  rule: RuleId;
  /** The rules that applied, in order, each once. */
  readonly rules: RuleId[];
  readonly reasons: string[];
};

/** A decision about an event before any rule has run. @param recovery a copy that nothing else holds */
export function newDraft({
  recovery,
  event,
  policy,
  now,
}: Pick<DecisionDraft, "recovery" | "event" | "policy" | "now">): DecisionDraft {
  return {
    now,
    policy,
    event,
    readStartedAt: null,
    recovery,
    effects: [],
    rule: "event.ignored",
    rules: [],
    reasons: [],
  };
}

export function update({ recovery }: DecisionDraft, changes: Partial<Recovery>): void {
  Object.assign(recovery, changes);
}

/** Records a rule and its reason. The last rule becomes the decision's main rule; all reasons are kept, in order. */
export function explain(draft: DecisionDraft, rule: RuleId, reason: string): void {
  draft.rule = rule;
  if (!draft.rules.includes(rule)) draft.rules.push(rule);
  draft.reasons.push(reason);
}

type WithoutId<E> = E extends AwaitedEffect ? Omit<E, "id"> : never;

/** Adds an effect whose outcome comes back as an event. */
export function startEffect(draft: DecisionDraft, effect: WithoutId<AwaitedEffect>): EffectId {
  const effectCount = draft.recovery.effectCount + 1;
  const id = effectIdOf(effectCount);
  draft.effects.push({ ...effect, id } as AwaitedEffect);
  update(draft, {
    effectCount,
    pendingEffects: {
      ...draft.recovery.pendingEffects,
      [id]: {
        kind: effect.kind,
        since: draft.now,
        ...(effect.kind === "notice" ? { key: effect.key } : {}),
      },
    },
  });
  return id;
}

/** Replies to a command. */
export function reply(draft: DecisionDraft, commandId: string, answer: CommandReply): void {
  draft.effects.push({ kind: "reply", commandId, reply: answer });
}
