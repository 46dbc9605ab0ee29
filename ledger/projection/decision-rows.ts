import { noticeResultOf } from "../../domain/metrics/label-values.ts";
import { lastEnd } from "../../domain/reporting/search-attributes.ts";
import type { Effect } from "../../domain/decision/effect.ts";
import type { OperatorCommand } from "../../domain/state/command.ts";
import type { NoticeOutcome } from "../../domain/state/event.ts";
import { stateOf } from "../../domain/state/facts.ts";
import type { Recovery } from "../../domain/state/recovery.ts";
import type { EffectId } from "../../domain/values/ids.ts";
import type { Instant } from "../../domain/values/time.ts";
import { type DebtFacts, newlyEnded, openDebts, type Undated } from "./debt-rows.ts";
import type { DecisionRows, NoticeEnd, NoticeRow, OperatorActionRow, RunKey } from "./rows.ts";

/** A run, as its rows name it. */
export type LedgerRun = RunKey & { readonly startedAt: Instant };

/** One decision of a run. */
export type DecisionStep = {
  /** From 1 in each run. The first one writes all that is open, also where the run continues another one. */
  readonly number: number;
  /** By the workflow's clock. */
  readonly at: Instant;
  readonly rule: string;
  readonly before: Recovery;
  readonly after: Recovery;
  readonly effects: readonly Effect[];
  /** The outcome of a notice that this decision learned. */
  readonly noticeOutcome: (effectId: EffectId) => NoticeOutcome | null;
  /** The operator's command that this decision answered; null for a customer's. */
  readonly commandOf: (commandId: string) => OperatorCommand["action"] | null;
};

/**
 * The rows that one decision writes: those that differ between the states before and after it, and what it started and
 * learned. Pure, and the only source of rows.
 */
export function rowsOfDecision(run: LedgerRun, step: DecisionStep): DecisionRows {
  const { startedAt, ...key } = run;
  const { number: decision, rule, before, after } = step;
  const earlier = decision === 1 ? [] : openDebts(key, before);
  const now = [...openDebts(key, after), ...newlyEnded(key, before, after)];
  const known = new Map(earlier.map((facts) => [facts.debt.debtId, facts]));
  const attempts = now.flatMap(({ debt, attempts: all }) => {
    const old = known.get(debt.debtId)?.attempts ?? [];
    return all.filter((attempt, index) => !isSame(attempt, old[index]));
  });
  return {
    recovery: {
      ...key,
      decision,
      subscriptionId: after.subscriptionId,
      customerId: after.subscription?.customerId ?? null,
      productId: after.subscription?.productId ?? null,
      mode: after.mode,
      state: stateOf(after),
      openedAt: after.openedAt,
      startedAt,
      endedAt: stateOf(after) === "ended" ? (lastEnd(after)?.endedAt ?? null) : null,
    },
    debts: now
      .map(({ debt }) => debt)
      .filter((debt) => !isSame(debt, known.get(debt.debtId)?.debt))
      .map((debt) => ({ ...debt, decision, rule: debt.rule ?? null })),
    attempts: attempts.map((attempt) => ({ ...attempt, decision, rule })),
    notices: noticesStarted(key, step),
    noticeEnds: noticesEnded(key, step),
    actions: actionsAnswered(key, step),
    removedDebts: removed(earlier, now, after),
  };
}

/** Debts that were open, and that neither are nor have ended. */
function removed(
  earlier: readonly DebtFacts[],
  now: readonly DebtFacts[],
  { ended }: Recovery,
): readonly string[] {
  const there = new Set<string | null>([
    ...now.map(({ debt }) => debt.debtId),
    ...ended.map(({ debtId }) => debtId),
  ]);
  return earlier.map(({ debt }) => debt.debtId).filter((debtId) => !there.has(debtId));
}

function isSame<R>(row: Undated<R>, old: Undated<R> | undefined): boolean {
  return old !== undefined && JSON.stringify(row) === JSON.stringify(old);
}

function noticesStarted(key: RunKey, { number, at, effects }: DecisionStep): readonly NoticeRow[] {
  return effects.flatMap((effect) =>
    effect.kind === "notice"
      ? [
          {
            ...key,
            decision: number,
            effectId: effect.id,
            debtId: effect.debtId,
            kind: effect.notice,
            noticeKey: effect.key,
            startedAt: at,
            result: null,
          },
        ]
      : [],
  );
}

function noticesEnded(key: RunKey, step: DecisionStep): readonly NoticeEnd[] {
  const { number, before, after, noticeOutcome } = step;
  const pending = Object.entries(before.pendingEffects);
  return pending.flatMap(([id, { kind }]) => {
    if (kind !== "notice" || id in after.pendingEffects) return [];
    const outcome = noticeOutcome(id as EffectId);
    if (outcome === null) return [];
    return [{ ...key, decision: number, effectId: id, result: noticeResultOf(outcome) }];
  });
}

function actionsAnswered(key: RunKey, step: DecisionStep): readonly OperatorActionRow[] {
  const { number, at, before, effects, commandOf } = step;
  const debtId = before.debt?.id ?? null;
  return effects.flatMap((effect) => {
    if (effect.kind !== "reply") return [];
    const action = commandOf(effect.commandId);
    if (action === null) return [];
    const refusal = effect.reply.ok ? null : effect.reply.code;
    const updateId = effect.commandId;
    return [{ ...key, decision: number, updateId, debtId, action, givenAt: at, refusal }];
  });
}
