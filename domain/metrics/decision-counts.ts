import type { Decision } from "../decision/decision.ts";
import { classifyDecline } from "../declines/decline.ts";
import { attributesOf, lastEnd } from "../reporting/search-attributes.ts";
import type { Attempt } from "../state/attempt.ts";
import type { EndedDebt } from "../state/debt.ts";
import type { DomainEvent } from "../state/event.ts";
import { NOTICE_KINDS } from "../state/notice.ts";
import type { Recovery } from "../state/recovery.ts";
import type { EffectId } from "../values/ids.ts";
import type { Count } from "./catalogue.ts";
import { currencyLabel, noticeResultOf } from "./label-values.ts";

/** What one decision adds to the counters. @param events what it is about */
export function countsOf(
  before: Recovery,
  events: readonly DomainEvent[],
  { changes }: Pick<Decision, "changes">,
): readonly Count[] {
  const after: Recovery = { ...before, ...changes };
  return [
    ...openedCounts(before, after),
    ...attemptCounts(before, after),
    ...events.flatMap((event) => chargeCounts(before, event)),
    ...events.flatMap((event) => noticeCounts(before, event)),
    ...settledCounts(before, after),
    ...endedCounts(before, after),
  ];
}

/** A recovery starts with its first decision, and again where something is owed after its end. */
function openedCounts(before: Recovery, after: Recovery): readonly Count[] {
  const { mode } = after;
  const isNew = before.mode === null || (hasEnded(before) && !hasEnded(after));
  if (!isNew || mode === null) return [];
  return [{ metric: "reprise_recoveries_opened_total", labels: { mode }, by: 1 }];
}

function endedCounts(before: Recovery, after: Recovery): readonly Count[] {
  const last = lastEnd(after);
  const wasOpen = before.mode === null || !hasEnded(before);
  if (last === undefined || !wasOpen || !hasEnded(after)) return [];
  const { outcome, by } = last;
  return [{ metric: "reprise_recoveries_ended_total", labels: { outcome, by: by ?? "" }, by: 1 }];
}

function hasEnded(recovery: Recovery): boolean {
  return attributesOf(recovery).outcome !== undefined;
}

/** Attempts whose result this decision learned. */
function attemptCounts(before: Recovery, after: Recovery): readonly Count[] {
  const known = new Set(attemptsOf(before).map(nameOf));
  const learned = new Map(
    attemptsOf(after)
      .filter((attempt) => !known.has(nameOf(attempt)))
      .map((attempt) => [nameOf(attempt), attempt]),
  );
  return [...learned.values()].map(({ trigger, result, declineCode }) => {
    const isDeclined = result === "declined";
    const decline_class = isDeclined ? classifyDecline(declineCode, {}).declineClass : "";
    return { metric: "reprise_attempts_total", labels: { trigger, result, decline_class }, by: 1 };
  });
}

function attemptsOf({ attempts, queue, ended }: Recovery): readonly Attempt[] {
  const others = [...queue, ...ended].flatMap((debt) => debt.attempts);
  return [...attempts, ...others];
}

/** A released payment may still succeed: its result is part of the name. */
function nameOf({ number, startedAt, paymentId, result }: Attempt): string {
  return JSON.stringify([paymentId ?? [number, startedAt], result]);
}

const UNFINISHED = ["refused", "not_attempted", "unknown"] as const;

/** Attempts that made no payment, as far as is known. Those of shadow mode count as attempts. */
function chargeCounts({ charge }: Recovery, event: DomainEvent): readonly Count[] {
  if (event.kind !== "charge_finished" || charge?.effectId !== event.effectId) return [];
  const { outcome } = event;
  if (outcome.kind === "not_attempted" && outcome.why === "shadow") return [];
  const result = UNFINISHED.find((kind) => kind === outcome.kind);
  if (result === undefined) return [];
  const labels = { trigger: charge.trigger, result, decline_class: "" };
  return [{ metric: "reprise_attempts_total", labels, by: 1 }];
}

function noticeCounts(before: Recovery, event: DomainEvent): readonly Count[] {
  if (event.kind !== "notice_finished") return [];
  const kind = noticeKindOf(before, event.effectId);
  if (kind === null) return [];
  const labels = { kind, result: noticeResultOf(event.outcome) };
  return [{ metric: "reprise_notices_total", labels, by: 1 }];
}

/** The key of a pending notice begins with its kind. Null where an earlier version started it. */
function noticeKindOf({ pendingEffects }: Recovery, effectId: EffectId): string | null {
  const key = pendingEffects[effectId]?.key ?? "";
  return NOTICE_KINDS.find((kind) => key === kind || key.startsWith(`${kind}.`)) ?? null;
}

/** What debts that ended in this decision brought. An open debt shows its currency's series, so that `increase()` sees the first. */
function settledCounts(before: Recovery, after: Recovery): readonly Count[] {
  const { debt, ended } = after;
  const shown = debt === null ? [] : [collected(debt.currency, 0)];
  const known = new Set(before.ended.map(endNameOf));
  const settled = ended
    .filter(({ outcome }) => outcome === "recovered" || outcome === "collected")
    .filter((end) => !known.has(endNameOf(end)))
    .flatMap(({ amountMinor, totalMinor = amountMinor, currency }) =>
      totalMinor === null || currency === null ? [] : [collected(currency, totalMinor)],
    );
  return [...shown, ...settled];
}

function endNameOf({ debtId, endedAt }: EndedDebt): string {
  return JSON.stringify([debtId, endedAt]);
}

function collected(currency: string, by: number): Count {
  const labels = { currency: currencyLabel(currency) };
  return { metric: "reprise_collected_minor_total", labels, by };
}
