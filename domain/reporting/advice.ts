import { type DecisionDraft, update } from "../decision/draft.ts";
import { type AdviceInForce, TRACK_OF } from "../advice/advice.ts";
import type { EndedDebt } from "../state/debt.ts";
import { isAdvising } from "../state/facts.ts";
import { isClosingNotice } from "../state/notice.ts";
import type { Publication, PublishedAdvice } from "../state/publication.ts";
import type { Recovery } from "../state/recovery.ts";
import type { DebtId } from "../values/ids.ts";
import { DAY_MS } from "../values/time.ts";
import { enqueuePublications, publicationIdOf, publishedFacts } from "./publication.ts";
import { standingOf } from "./standing-advice.ts";

/** For so long a closing message, or a cancellation, is still worth sending. */
const AFTER_END_MS = DAY_MS;

type Given = {
  readonly advice: Omit<PublishedAdvice, "rule" | "reason">;
  /** The debt that has ended; null: the current debt. */
  readonly end: EndedDebt | null;
  readonly says?: string;
};

/**
 * In advise mode, publishes what the merchant should do after this decision, or why nothing. What was advised already is not
 * advised again.
 * @param isLast false where another event waits: how the debt stands is told after that one
 */
export function advise(draft: DecisionDraft, before: Recovery, isLast: boolean): void {
  if (!isAdvising(draft.recovery)) return;
  const given = [
    ...adviceOnEnds(draft, before),
    ...adviceToCancel(draft),
    ...adviceToNotify(draft, before),
    ...(isLast ? adviceOnStanding(draft) : []),
  ];
  const reason = draft.reasons.join("; ");
  const publications = given.map(({ advice, end }, index): Publication => {
    const whole = { ...advice, rule: draft.rule, reason };
    return {
      ...publishedFacts(draft.recovery, end),
      id: publicationIdOf(draft.recovery, index),
      type: "recovery.advice",
      at: draft.now,
      cause: draft.recovery.attention.at(-1)?.cause ?? null,
      advice: whole,
    };
  });
  for (const [index, publication] of publications.entries()) {
    const current = draft.recovery.debt?.id ?? publication.debtId;
    // What is told about a debt that ended before says nothing about the current one.
    if (publication.debtId !== current) continue;
    update(draft, { advised: inForce(draft.recovery, publication, given[index]?.says) });
  }
  enqueuePublications(draft, publications);
}

/** The advice in force once this one is published. */
function inForce(
  { advised, plan }: Recovery,
  publication: Publication,
  says: string | undefined,
): AdviceInForce {
  const { id, advice } = publication;
  const debtId = publication.debtId as DebtId | null;
  if (advice === undefined) throw new Error("not advice");
  const known = advised?.debtId === debtId ? advised : null;
  const kept = advice.action === "wait" || advice.action === "stop" ? {} : (known?.ids ?? {});
  return {
    debtId,
    standing: says === undefined ? (known?.standing ?? null) : advice.action,
    says: says ?? known?.says ?? "",
    ids: { ...kept, [TRACK_OF[advice.action]]: id },
    attempt:
      advice.action === "charge"
        ? Math.max(plan?.number ?? 0, known?.attempt ?? 0)
        : (known?.attempt ?? null),
  };
}

function adviceOnStanding({ recovery, policy, now }: DecisionDraft): Given[] {
  const standing = standingOf(recovery, policy, now);
  if (standing === null) return [];
  const { says, ...advice } = standing;
  const { advised, debt } = recovery;
  if (advised?.debtId === debt?.id && advised?.says === says) return [];
  return [{ advice, end: null, says }];
}

/** A debt that ends, or that was not owed from the first: what to stop, or why nothing was advised. */
function adviceOnEnds({ recovery }: DecisionDraft, before: Recovery): Given[] {
  const ended = recovery.ended.filter((end) => !before.ended.includes(end));
  return ended.map((end) => ({
    advice: { action: "stop", at: null, attemptKey: null, validUntil: null },
    end,
    says: "stop/ended",
  }));
}

/** The outcome of an effect that the mode kept from being sent. */
function adviceToNotify({ recovery, event, now }: DecisionDraft, before: Recovery): Given[] {
  if (event.kind !== "notice_finished") return [];
  const { outcome, effectId } = event;
  if (before.pendingEffects[effectId] === undefined) return [];
  if (outcome.kind !== "not_sent" || outcome.why !== "shadow") return [];
  const { plan, windowEndsAt, ended } = recovery;
  const { notice } = outcome;
  const isAfterEnd = isClosingNotice(notice);
  const end = isAfterEnd ? (ended.at(-1) ?? null) : null;
  const validUntil = isAfterEnd ? now + AFTER_END_MS : (plan?.at ?? windowEndsAt);
  return [
    { advice: { action: "notify_customer", at: null, attemptKey: null, validUntil, notice }, end },
  ];
}

function adviceToCancel({ recovery, event, now }: DecisionDraft): Given[] {
  if (event.kind !== "cancel_finished") return [];
  const { outcome } = event;
  const end = recovery.ended.at(-1);
  if (outcome.kind !== "not_cancelled" || outcome.why !== "shadow" || end === undefined) return [];
  const validUntil = now + AFTER_END_MS;
  return [
    { advice: { action: "cancel_subscription", at: null, attemptKey: null, validUntil }, end },
  ];
}

/** Whether advice is still to be acted on, by the recovery's state. */
export function isInForce(
  { advised }: Pick<Recovery, "advised">,
  { id, advice }: Pick<Publication, "id" | "advice">,
): boolean {
  return advice !== undefined && advised?.ids[TRACK_OF[advice.action]] === id;
}
