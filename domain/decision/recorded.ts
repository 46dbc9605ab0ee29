import { newRecovery, type PendingEffect, type Recovery, withDefaults } from "../state/recovery.ts";
import { attemptKeyOf, type EffectId, effectIdOf, parseSubscriptionId } from "../values/ids.ts";
import { leaveOut } from "../values/leave-out.ts";
import { isSame } from "../values/same.ts";
import { type Patch, patched, patchOf } from "../values/patch.ts";
import type { Instant } from "../values/time.ts";
import type { Attributes, Explanation, FoldedDecision } from "./decision.ts";
import type { Effect } from "./effect.ts";

type Data = Readonly<Record<string, unknown>>;

/** An explanation whose only rule is its main rule leaves `rules` out. */
type RecordedExplanation = Omit<Explanation, "rules"> & Partial<Pick<Explanation, "rules">>;

/**
 * A decision as the history records it: without what follows from the state before it, or from the rest of it. `whole` restores
 * what was left out:
 * - what did not change, of lists and objects too: `patch.ts` says how
 * - effects that are pending from now on, and those that are no longer, since their outcome is among the events
 * - of an effect, what the debt says already
 * - lists that are empty, and a wake-up that is null
 */
export type RecordedDecision = Patch &
  Pick<FoldedDecision, "waitingFor" | "reason" | "rule" | "shows"> &
  Partial<Pick<FoldedDecision, "wakeAt" | "mayWait" | "rules" | "events" | "attributes">> & {
    /** The workflow's time. Absent where a decision was recorded as a whole. */
    readonly at?: Instant;
    readonly effects?: readonly Data[];
    readonly earlier?: readonly RecordedExplanation[];
  };

/** What to record of a decision that was made at `at`. `whole` gives the decision back. */
export function recorded(
  before: Recovery,
  decision: FoldedDecision,
  at: Instant,
): RecordedDecision {
  const { changes, effects, wakeAt, rules, attributes, events, earlier, rule, ...rest } = decision;
  const after: Recovery = { ...before, ...changes };
  const expected = withEffects(before, effects, events, at);
  // When the first decision is recorded, only the workflow knows exactly when it began.
  const patch = patchOf(expected, after, before.policy === null);
  const lean = effects.map((effect) => leaveOut(effect, factsOf(effect, before, after)));
  return {
    at,
    ...patch,
    ...(lean.length === 0 ? {} : { effects: lean }),
    ...(wakeAt === null ? {} : { wakeAt }),
    rule,
    ...(isSame(rules, [rule]) ? {} : { rules }),
    ...rest,
    ...(attributes === undefined
      ? {}
      : { attributes: leaveOut(attributes, impliedBy(attributes, at)) }),
    ...(earlier === undefined ? {} : { earlier: earlier.map(withoutOnlyRule) }),
    ...(events.length === 0 ? {} : { events }),
  };
}

/** The decision that was recorded. @param before the state that it was made in */
export function whole(before: Recovery, decision: RecordedDecision): FoldedDecision {
  const { at, changes, copied, removed, effects = [], earlier, attributes, ...rest } = decision;
  const { wakeAt = null, rules = [decision.rule], events = [] } = rest;
  const expected =
    at === undefined ? before : withEffects(before, effects as readonly Effect[], events, at);
  const patch = { changes, ...(copied && { copied }), ...(removed && { removed }) };
  const after = patched(expected, patch);
  return {
    ...rest,
    changes: changedFields(before, after),
    effects: effects.map((effect) => ({ ...factsOf(effect, before, after), ...effect }) as Effect),
    wakeAt,
    rules,
    events,
    ...(attributes === undefined
      ? {}
      : { attributes: { ...impliedBy(attributes, at), ...attributes } }),
    ...(earlier === undefined
      ? {}
      : { earlier: earlier.map((one) => ({ ...one, rules: one.rules ?? [one.rule] })) }),
  };
}

/**
 * The state with which a run of a recovery started, by its workflow's input. Its decisions give the state from there on.
 *
 * @returns null for an input that no recovery has
 */
export function stateAtStart(input: unknown, startedAt: Instant): Recovery | null {
  const { subscriptionId, carried } = (input ?? {}) as {
    readonly subscriptionId?: unknown;
    readonly carried?: { readonly recovery: Recovery };
  };
  const id = parseSubscriptionId(subscriptionId);
  if (id === null) return null;
  return carried === undefined ? newRecovery(id, startedAt) : withDefaults(carried.recovery);
}

/** The state after a recorded decision, and that decision. */
export function replayed(
  before: Recovery,
  decision: RecordedDecision,
): { readonly decision: FoldedDecision; readonly after: Recovery } {
  const made = whole(before, decision);
  return { decision: made, after: { ...before, ...made.changes } };
}

/** The state with what every decision changes: the effects that it starts are pending, and those among its events are not. */
function withEffects(
  before: Recovery,
  effects: readonly Pick<Effect, "kind">[],
  events: readonly string[],
  since: Instant,
): Recovery {
  const pending = Object.entries(before.pendingEffects).filter(([id]) => !events.includes(id));
  const started = effects.flatMap((effect) => ("id" in effect ? [effect as Data] : []));
  const entries = started.map(({ id, kind, key }) => [
    id,
    { kind, since, ...(kind === "notice" && key !== undefined ? { key } : {}) },
  ]);
  const pendingEffects = Object.fromEntries([...pending, ...entries]) as Readonly<
    Record<EffectId, PendingEffect>
  >;
  return { ...before, pendingEffects, effectCount: countAfter(before, started) };
}

/** Effects are numbered in the order in which they start. */
function countAfter({ effectCount }: Recovery, started: readonly Data[]): number {
  const last = started.at(-1)?.["id"];
  if (last === undefined) return effectCount;
  const count = effectCount + started.length;
  return last === effectIdOf(count) ? count : effectCount;
}

/** What the debt says of an effect about it. A debt that ends with the decision is the one that was. */
function factsOf(effect: Data | Effect, before: Recovery, after: Recovery): Data {
  const { debt, windowEndsAt } = after.debt === null ? before : after;
  const { kind, number } = effect as Data;
  if (debt === null) return {};
  const { currency, failedPaymentId } = debt;
  if (kind === "notice") {
    const amountMinor = debt.totalMinor;
    return { debtId: debt.id, amountMinor, currency, failedPaymentId, windowEndsAt };
  }
  if (kind !== "charge") return {};
  const key = attemptKeyOf(debt.id, number as number);
  const amountMinor = debt.priceMinor;
  return { key, amountMinor, currency, failedPaymentId, description: null };
}

/** A state changes when the decision is made. */
function impliedBy({ state }: Attributes, at: Instant | undefined): Attributes {
  return state === undefined || at === undefined ? {} : { stateSince: at };
}

function withoutOnlyRule({ rules, ...rest }: Explanation): RecordedExplanation {
  return isSame(rules, [rest.rule]) ? rest : { ...rest, rules };
}

/** The fields that a decision changed. */
function changedFields(before: Recovery, after: Recovery): Partial<Recovery> {
  const entries = Object.entries(after).filter(
    ([name, value]) => !isSame(before[name as keyof Recovery], value),
  );
  return Object.fromEntries(entries) as Partial<Recovery>;
}
