import { notifyOperator } from "../decision/attention.ts";
import { type DecisionDraft, explain, startEffect, update } from "../decision/draft.ts";
import { classifyDecline } from "../declines/decline.ts";
import type { Attempt } from "../state/attempt.ts";
import type { AttentionCause } from "../state/attention.ts";
import type { EndedDebt } from "../state/debt.ts";
import { isPending, isShadow, stateOf } from "../state/facts.ts";
import type { Outcome } from "../state/outcome.ts";
import type { Publication, PublicationType } from "../state/publication.ts";
import type { Recovery } from "../state/recovery.ts";
import type { Instant } from "../values/time.ts";

/** How many wait in a recovery for the hand-over before them: it takes moments, so that there are never many. */
const OUTBOX_MAX = 100;

/** A debt as the merchant's systems follow it. */
type TrackedDebt = Pick<Publication, "debtId" | "amountMinor" | "currency" | "nextAttemptAt"> & {
  readonly attempts: readonly Attempt[];
  readonly declines: number;
  /** Only the customer can go on. */
  readonly needsCustomer: boolean;
  readonly end: EndedDebt | null;
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
 * Which change of a debt is told, in the order in which it is told. An ordinary charge that was asked of us has no decline,
 * so that nothing opens; and what turns out not to be owed is told only where its opening was.
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
 * Tells the merchant's systems what the decision being made changes. One hand-over at a time, so that they hear it in
 * the order in which it happened; what comes meanwhile goes with the next.
 */
export function publish(draft: DecisionDraft, before: Recovery): void {
  if (isShadow(draft.recovery)) return;
  const due = publicationsDue(before, draft.recovery, draft.now);
  const outbox = [...draft.recovery.outbox, ...due].slice(-OUTBOX_MAX);
  const publicationCount = draft.recovery.publicationCount + due.length;
  if (due.length > 0) draft.reasons.push(`to be told: ${due.map(({ type }) => type).join(", ")}`);
  const isReady = outbox.length > 0 && !isPending(draft.recovery, "publish");
  update(draft, { publicationCount, outbox: isReady ? [] : outbox });
  if (isReady) startEffect(draft, { kind: "publish", publications: outbox });
}

/** The recovery goes on, whatever became of it. */
export function onPublicationsEnqueued(draft: DecisionDraft, handedOver: boolean): void {
  if (handedOver) {
    explain(draft, "publication.enqueued", "handed over to be delivered");
    return;
  }
  explain(
    draft,
    "publication.not_enqueued",
    "what the merchant's systems were to be told was not taken",
  );
  notifyOperator(draft, { cause: "webhook_undelivered", webhook: null });
}

/** What is to be told of one decision: of debts that ended, of the one at work, of those that wait, and what is asked. */
export function publicationsDue(
  before: Recovery,
  after: Recovery,
  now: Instant,
): readonly Publication[] {
  const known = new Map(trackedDebts(before).map((debt) => [debt.debtId, debt]));
  const changes = trackedDebts(after).flatMap((debt) =>
    PUBLICATION_RULES.filter(({ isDue }) => isDue(known.get(debt.debtId), debt)).map(
      ({ type }) => ({
        type,
        debt,
        cause: null,
      }),
    ),
  );
  const current = after.debt === null ? null : currentAsTracked(after);
  const asked = newCauses(before, after).map((cause) => ({
    type: "recovery.needs_attention" as const,
    debt: current,
    cause,
  }));
  return [...changes, ...asked].map(({ type, debt, cause }, index) => ({
    ...publicationOf(type, debt, after),
    id: `${after.recoveryId}-${after.openedAt}-${after.publicationCount + index + 1}`,
    at: now,
    cause,
  }));
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
  };
}

function trackedDebts(recovery: Recovery): readonly TrackedDebt[] {
  const { ended, debt, queue } = recovery;
  return [
    // Without an amount it never came to be known what was owed.
    ...ended
      .filter(({ debtId, amountMinor }) => debtId !== null && amountMinor !== null)
      .map(endedAsTracked),
    ...(debt === null ? [] : [currentAsTracked(recovery)]),
    // One that waits for an answer may be no debt at all.
    ...queue
      .filter(({ awaitsAnswer }) => !awaitsAnswer)
      .map((one) => ({
        ...countsOf(one.attempts),
        debtId: one.debt.id,
        amountMinor: one.debt.priceMinor,
        currency: one.debt.currency,
        nextAttemptAt: null,
        needsCustomer: false,
        end: null,
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
  };
}

function currentAsTracked({ debt, attempts, plan, customerAction }: Recovery): TrackedDebt {
  return {
    ...countsOf(attempts),
    debtId: debt?.id ?? null,
    amountMinor: debt?.priceMinor ?? null,
    currency: debt?.currency ?? null,
    nextAttemptAt: plan?.at ?? null,
    needsCustomer: customerAction !== null,
    end: null,
  };
}

function countsOf(attempts: readonly Attempt[]): Pick<TrackedDebt, "attempts" | "declines"> {
  return { attempts, declines: attempts.filter(({ result }) => result === "declined").length };
}
