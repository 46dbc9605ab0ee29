import { changesOf, decide, type DecisionSettings, outlookOf } from "./decide.ts";
import type { Decision, Explanation, FoldedDecision } from "./decision/decision.ts";
import type { AwaitedEffect, Effect, ReadEffect } from "./decision/effect.ts";
import { readOf } from "./decision/reads.ts";
import { shownAttributes } from "./deferral.ts";
import type { Waiting } from "./inbox.ts";
import { DEFAULT_POLICY } from "./policy.ts";
import { changedAttributes } from "./reporting/search-attributes.ts";
import type { DomainEvent } from "./state/event.ts";
import { withoutEffect } from "./state/facts.ts";
import type { Recovery } from "./state/recovery.ts";
import type { DebtId, EffectId } from "./values/ids.ts";
import type { Instant } from "./values/time.ts";

/** An event, the state that it met, and what was decided. */
export type Decided = {
  readonly event: DomainEvent;
  readonly before: Recovery;
  readonly decision: Decision;
};

/** Decides on one event after the other; what is due starts after the last one. */
export function decideEach(
  recovery: Recovery,
  { events, isDue, isAll }: Pick<Waiting, "events" | "isDue" | "isAll">,
  inForce: DecisionSettings,
  now: Instant,
  rules: typeof decide = decide,
): readonly Decided[] {
  const all = isDue ? [...events, { kind: "timer_fired" } as const] : events;
  const decided: Decided[] = [];
  let before = recovery;
  for (const [index, event] of all.entries()) {
    const isLast = isAll && index === all.length - 1;
    const decision = rules(before, event, inForce, now, isLast);
    decided.push({ event, before, decision });
    before = { ...before, ...decision.changes };
  }
  return decided;
}

/**
 * One decision for all events: the state after the last one, every reason, and the effects that this state still wants. What a later
 * event made pointless was never started, so no charge or payment page starts that a later event rules out.
 *
 * @source docs/decisions/0010-one-decision-for-all-that-waits.md
 */
export function joined(
  decided: readonly Decided[],
  { ids: events, arrivedAt }: Pick<Waiting, "ids" | "arrivedAt">,
  now: Instant,
): FoldedDecision {
  const [first] = decided;
  const last = decided.at(-1);
  if (first === undefined || last === undefined) throw new Error("nothing was decided");
  if (first === last) return { ...last.decision, events };
  const { before } = first;
  const { rule, rules, reason } = last.decision;
  const started = decided.flatMap(({ decision: { effects } }) => effects);
  const { after, effects } = wanted({ ...last.before, ...last.decision.changes }, started, now);
  const attributes = changedAttributes(before, after, now);
  return {
    changes: changesOf(before, after),
    effects,
    // The rules pin the policy with the first event.
    ...outlookOf(after, after.policy ?? DEFAULT_POLICY, now),
    rule,
    rules,
    reason,
    ...shownAttributes(after, attributes),
    earlier: decided
      .slice(0, -1)
      .map(({ decision: one }, index) => explanationOf(one, arrivedAt[index] ?? now, now)),
    events,
  };
}

function explanationOf(
  { rule, rules, reason }: Decision,
  arrivedAt: Instant,
  now: Instant,
): Explanation {
  return { rule, rules, reason, ...(arrivedAt === now ? {} : { at: arrivedAt }) };
}

type Started = { readonly after: Recovery; readonly effects: readonly Effect[] };

/** The effects that the state after the last event still wants, and that state as if the others had not been started. */
function wanted(recovery: Recovery, started: readonly Effect[], now: Instant): Started {
  return started.reduce<Started>(
    ({ after, effects }, effect) => {
      if ("id" in effect && !isWanted(effect, started, after)) {
        return { after: withoutEffect(after, effect.id), effects };
      }
      if (effect.kind !== "read") return { after, effects: [...effects, effect] };
      return {
        after: beforeRead(after, effect.id),
        effects: [...effects, renewed(effect, after, now)],
      };
    },
    { after: recovery, effects: [] },
  );
}

function isWanted(effect: AwaitedEffect, started: readonly Effect[], after: Recovery): boolean {
  if (effect.kind === "payment_link") {
    const page = started.findLast(({ kind }) => kind === "payment_link");
    return effect === page && after.paymentLink?.phase === "creating";
  }
  // Of two reports with the same time, the requester could not tell which one is newer.
  if (effect.kind === "report_charge_status")
    return effect === started.findLast((one) => isReportOf(one, effect.status.chargeId));
  return true;
}

function isReportOf(effect: Effect, chargeId: DebtId): boolean {
  return effect.kind === "report_charge_status" && effect.status.chargeId === chargeId;
}

/** The read starts after all of these events: it shows what they tell, and none of them calls for another one. */
function beforeRead(recovery: Recovery, id: EffectId): Recovery {
  const { confirmedDead } = recovery;
  const isAwaited = confirmedDead?.earlierRead === id;
  return {
    ...recovery,
    rereadNeeded: false,
    hintedAccess: null,
    ...(isAwaited ? { confirmedDead: { ...confirmedDead, earlierRead: null } } : {}),
  };
}

function renewed(effect: ReadEffect, recovery: Recovery, now: Instant): ReadEffect {
  return { ...effect, ...readOf(recovery, recovery.policy ?? DEFAULT_POLICY, now) };
}
