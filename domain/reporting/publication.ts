import { notifyOperator } from "../decision/attention.ts";
import { type DecisionDraft, explain, startEffect, update } from "../decision/draft.ts";
import { classifyDecline } from "../declines/decline.ts";
import type { Attempt } from "../state/attempt.ts";
import type { AttentionCause } from "../state/attention.ts";
import type { EndedDebt } from "../state/debt.ts";
import { isPending, sendsNothing, stateOf } from "../state/facts.ts";
import type { Outcome } from "../state/outcome.ts";
import type { Publication, PublicationType } from "../state/publication.ts";
import type { Recovery } from "../state/recovery.ts";
import type { Instant } from "../values/time.ts";

/** Publications waiting in a recovery for the ones before them to be enqueued, which takes moments. */
const OUTBOX_MAX = 100;

/** What the merchant's systems know about a debt. */
type TrackedDebt = Pick<Publication, "debtId" | "amountMinor" | "currency" | "nextAttemptAt"> & {
  readonly attempts: readonly Attempt[];
  readonly declines: number;
  /** Only the customer can pay now. */
  readonly needsCustomer: boolean;
  readonly end: EndedDebt | null;
  /** It had ended as `exhausted` before, and that was published. */
  readonly late: boolean;
};

type PublicationRule = {
  readonly type: PublicationType;
  readonly isDue: (before: TrackedDebt | undefined, after: TrackedDebt) => boolean;
};

const isOpen = (debt: TrackedDebt | undefined): boolean => debt !== undefined && debt.declines > 0;

const ends = (type: PublicationType, outcome: Outcome): PublicationRule => ({
  type,
  isDue: (before, after) => after.end?.outcome === outcome && before?.end == null,
});

/**
 * The changes of a debt that are published, in the order of publication. A requested charge that succeeds at once has no
 * decline, so it publishes no opening. `nothing_owed` follows only a published opening.
 */
const PUBLICATION_RULES: readonly PublicationRule[] = [
  {
    type: "recovery.opened",
    isDue: (before, after) =>
      !isOpen(before) && isOpen(after) && after.end?.outcome !== "nothing_owed",
  },
  {
    type: "recovery.attempt_failed",
    isDue: (before, after) => isOpen(before) && after.declines > (before?.declines ?? 0),
  },
  {
    type: "recovery.action_required",
    isDue: (before, after) => after.needsCustomer && before?.needsCustomer !== true,
  },
  ends("recovery.recovered", "recovered"),
  ends("recovery.collected", "collected"),
  ends("recovery.exhausted", "exhausted"),
  ends("recovery.cancelled", "cancelled"),
  ends("recovery.written_off", "written_off"),
  {
    type: "recovery.nothing_owed",
    isDue: (before, after) =>
      isOpen(before) && before?.end == null && after.end?.outcome === "nothing_owed",
  },
];

/**
 * Publishes what this decision changes. Publications are enqueued one batch at a time, so that they arrive in order; later
 * ones wait in the outbox.
 */
export function publish(draft: DecisionDraft, before: Recovery): void {
  if (sendsNothing(draft.recovery)) return;
  enqueuePublications(draft, publicationsDue(before, draft.recovery, draft.now));
}

/** Enqueues publications, or leaves them in the outbox until the ones before are enqueued. */
export function enqueuePublications(draft: DecisionDraft, due: readonly Publication[]): void {
  if (due.length === 0 && draft.recovery.outbox.length === 0) return;
  const outbox = [...draft.recovery.outbox, ...due].slice(-OUTBOX_MAX);
  const publicationCount = draft.recovery.publicationCount + due.length;
  if (due.length > 0) draft.reasons.push(`to publish: ${due.map(({ type }) => type).join(", ")}`);
  const isReady = outbox.length > 0 && !isPending(draft.recovery, "publish");
  update(draft, { publicationCount, outbox: isReady ? [] : outbox });
  if (isReady) startEffect(draft, { kind: "publish", publications: outbox });
}

/** Records whether the publications were enqueued. The recovery does not wait for delivery. */
export function onPublicationsEnqueued(draft: DecisionDraft, enqueued: boolean): void {
  if (enqueued) {
    explain(draft, "publication.enqueued", "the outgoing webhooks were enqueued");
    return;
  }
  explain(draft, "publication.not_enqueued", "the outgoing webhooks could not be enqueued");
  notifyOperator(draft, { cause: "webhook_undelivered", webhook: null });
}

/** The publications of one decision: about ended, current and queued debts, and about new questions to a person. */
export function publicationsDue(
  before: Recovery,
  after: Recovery,
  now: Instant,
): readonly Publication[] {
  const known = new Map(trackedDebts(before).map((debt) => [debt.debtId, debt]));
  const changes = trackedDebts(after).flatMap((debt) =>
    rulesFor(debt)
      .filter(({ isDue }) => isDue(known.get(debt.debtId), debt))
      .map(({ type }) => ({
        type,
        debt,
        cause: null,
      })),
  );
  const current = after.debt === null ? null : currentAsTracked(after);
  const questions = newCauses(before, after).map((cause) => ({
    type: "recovery.needs_attention" as const,
    debt: current,
    cause,
  }));
  return [...changes, ...questions].map(({ type, debt, cause }, index) => ({
    ...publicationOf(type, debt, after),
    id: publicationIdOf(after, index),
    at: now,
    cause,
  }));
}

/** The id of the next publication, or of one of those after it. @param index 0 = the next */
export function publicationIdOf(
  { recoveryId, openedAt, publicationCount }: Recovery,
  index: number,
): string {
  return `${recoveryId}-${openedAt}-${publicationCount + index + 1}`;
}

/** The facts about a debt as its publications tell them. @param end of a debt that has ended; null: the current debt */
export function publishedFacts(
  recovery: Recovery,
  end: EndedDebt | null,
): Omit<Publication, "id" | "at" | "cause" | "type"> {
  const current = recovery.debt === null ? null : currentAsTracked(recovery);
  const { type: _, ...facts } = publicationOf(
    "recovery.advice",
    end === null ? current : endedAsTracked(end),
    recovery,
  );
  return facts;
}

/** The merchant's systems know that a debt is exhausted: what they do not know is that it was paid, or given up. */
const LATE_TYPES: readonly PublicationType[] = ["recovery.recovered", "recovery.written_off"];

function rulesFor({ late }: TrackedDebt): readonly PublicationRule[] {
  return late
    ? PUBLICATION_RULES.filter(({ type }) => LATE_TYPES.includes(type))
    : PUBLICATION_RULES;
}

function newCauses(before: Recovery, after: Recovery): AttentionCause[] {
  const isNew = ({ cause, since }: Recovery["attention"][number]): boolean =>
    !before.attention.some((one) => one.cause === cause && one.since === since);
  return [...new Set(after.attention.filter(isNew).map(({ cause }) => cause))];
}

function publicationOf(
  type: PublicationType,
  debt: TrackedDebt | null,
  recovery: Recovery,
): Omit<Publication, "id" | "at" | "cause"> {
  const { recoveryId, subscriptionId, subscription } = recovery;
  const last = debt?.attempts.findLast(({ result }) => result === "declined");
  const decline = last === undefined ? null : classifyDecline(last.declineCode, {});
  return {
    type,
    recoveryId,
    subscriptionId,
    customerId: subscription?.customerId ?? null,
    debtId: debt?.debtId ?? null,
    state: stateOf(recovery),
    outcome: debt?.end?.outcome ?? null,
    by: debt?.end?.by ?? null,
    amountMinor: debt?.amountMinor ?? null,
    currency: debt?.currency ?? null,
    declineCode: decline?.code ?? null,
    declineClass: decline?.declineClass ?? null,
    attempts: debt?.attempts.length ?? 0,
    nextAttemptAt: debt?.nextAttemptAt ?? null,
    ...(debt?.late === true ? { late: true as const } : {}),
  };
}

function trackedDebts(recovery: Recovery): readonly TrackedDebt[] {
  const { ended, debt, queue } = recovery;
  return [
    // An end without an amount comes from an opening that never learned what is owed.
    ...ended
      .filter(({ debtId, amountMinor }) => debtId !== null && amountMinor !== null)
      .map(endedAsTracked),
    ...(debt === null ? [] : [currentAsTracked(recovery)]),
    // A queued failure that awaits an answer may be no debt at all.
    ...queue
      .filter(({ awaitsAnswer }) => !awaitsAnswer)
      .map((one) => ({
        ...countsOf(one.attempts),
        debtId: one.debt.id,
        amountMinor: one.debt.totalMinor,
        currency: one.debt.currency,
        nextAttemptAt: null,
        needsCustomer: false,
        end: null,
        late: false,
      })),
  ];
}

function endedAsTracked(end: EndedDebt): TrackedDebt {
  const { debtId, amountMinor, currency } = end;
  const counts = countsOf(end.attempts);
  return {
    ...counts,
    debtId,
    amountMinor,
    currency,
    nextAttemptAt: null,
    needsCustomer: false,
    end,
    late: end.late === true,
  };
}

function currentAsTracked(recovery: Recovery): TrackedDebt {
  const { debt, attempts, plan, customerAction, waitingPayment, latePayment } = recovery;
  return {
    ...countsOf(attempts),
    debtId: debt?.id ?? null,
    amountMinor: debt?.totalMinor ?? null,
    currency: debt?.currency ?? null,
    nextAttemptAt: plan?.at ?? null,
    needsCustomer: customerAction !== null || waitingPayment?.waitsFor === "customer",
    end: null,
    late: latePayment !== null,
  };
}

function countsOf(attempts: readonly Attempt[]): Pick<TrackedDebt, "attempts" | "declines"> {
  return { attempts, declines: attempts.filter(({ result }) => result === "declined").length };
}
