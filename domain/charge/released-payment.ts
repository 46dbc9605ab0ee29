import { releasedForDebt } from "../debt/attribution.ts";
import { notifyOperator } from "../decision/attention.ts";
import { type DecisionDraft, explain, update } from "../decision/draft.ts";
import { followUpAt, readNow, startRead } from "../decision/reads.ts";
import type { Step } from "../decision/step.ts";
import { askCustomer, planAfterDecline } from "../schedule/plan.ts";
import type { Alert } from "../state/alert.ts";
import type { Attempt } from "../state/attempt.ts";
import type { WaitingPayment } from "../state/current-debt.ts";
import type { EndedDebt } from "../state/debt.ts";
import { isHeld, isPending, latestAttempt } from "../state/facts.ts";
import { describeStatus, hasFailed, type Payment } from "../state/payment.ts";
import type { Recovery, ReleasedPayment } from "../state/recovery.ts";
import type { EffectId, PaymentId } from "../values/ids.ts";
import { describeInstant } from "../values/time.ts";

/** How many released payments a recovery follows. An operator confirms one at a time, and each waits for days. */
const RELEASED_MAX = 20;

/**
 * An operator confirms that the waiting payment is dead. Nothing changes before a read that starts now: the payment may
 * have been completed since the operator looked.
 */
export function confirmDead(draft: DecisionDraft, commandId: string, by: string): void {
  const { waitingPayment, pendingEffects } = draft.recovery;
  if (waitingPayment === null) return;
  const { paymentId } = waitingPayment;
  const pending = Object.entries(pendingEffects).find(([, { kind }]) => kind === "read");
  const earlierRead = (pending?.[0] as EffectId | undefined) ?? null;
  update(draft, { confirmedDead: { paymentId, by, commandId, earlierRead } });
  explain(draft, "payment.confirmed_dead", `${by} confirmed that ${paymentId} is dead`);
  startRead(draft, `whether ${paymentId} still waits`);
}

/**
 * Releases a payment that waits for a person, so that it no longer blocks charges. Its attempt counts as made, and the payment is followed
 * to the end of the debt's window, because it may still succeed.
 *
 * @param why completes "pay_2 waits for the customer, and …"
 * @source docs/RECOVERY.md, "A payment that waits for a person"
 */
export function releasePayment(
  draft: DecisionDraft,
  waiting: Pick<WaitingPayment, "paymentId" | "waitsFor" | "hasPage">,
  by: string,
  why: string,
): void {
  const { debt, charge, attempts, releasedPayments, windowEndsAt } = draft.recovery;
  if (debt === null) return;
  const { paymentId, waitsFor, hasPage } = waiting;
  const released: ReleasedPayment = {
    paymentId,
    debtId: debt.id,
    waitsFor,
    hasPage,
    by,
    at: draft.now,
    until: windowEndsAt ?? draft.now + draft.policy.windowMs,
    reads: 0,
    nextReadAt: followUpAt(draft, 0),
    isRefused: false,
  };
  const others = releasedPayments.filter((one) => !isSameClaim(one, released));
  const isAttempt = charge?.paymentId === paymentId;
  update(draft, {
    releasedPayments: [...others, released].slice(-RELEASED_MAX),
    waitingPayment: null,
    followUp: null,
    ...(isAttempt ? { charge: null, attempts: [...attempts, releasedAttempt(draft)] } : {}),
  });
  explain(
    draft,
    "payment.released",
    `${paymentId} waits for the ${waitsFor}, and ${why}; it is followed until ${describeInstant(released.until)}`,
  );
}

/** A payment can be released for several debts, one after the other. */
function isSameClaim(one: ReleasedPayment, other: ReleasedPayment): boolean {
  return one.paymentId === other.paymentId && one.debtId === other.debtId;
}

function releasedAttempt({ recovery, now }: DecisionDraft): Attempt {
  const { charge, subscription } = recovery;
  return {
    number: charge?.number ?? 1,
    trigger: charge?.trigger ?? "schedule",
    startedAt: charge?.startedAt ?? now,
    endedAt: now,
    paymentId: charge?.paymentId ?? null,
    result: "released",
    declineCode: null,
    methodId: subscription?.methodId ?? null,
  };
}

/** The window of its debt may have been extended since it was released. */
export function extendReleased(draft: DecisionDraft): void {
  const { releasedPayments, debt, windowEndsAt } = draft.recovery;
  if (debt === null || windowEndsAt === null) return;
  const isShort = ({ debtId, until }: ReleasedPayment): boolean =>
    debtId === debt.id && until < windowEndsAt;
  if (!releasedPayments.some(isShort)) return;
  update(draft, {
    releasedPayments: releasedPayments.map((one) =>
      isShort(one) ? { ...one, until: windowEndsAt } : one,
    ),
  });
}

/**
 * Dodo refuses a charge although the payment was confirmed to be dead: no other charge is sent until it has ended.
 * @returns whether there was such a payment
 */
function markReleasedAsRefused(draft: DecisionDraft): boolean {
  const released = releasedForDebt(draft.recovery);
  if (released.length === 0) return false;
  update(draft, {
    releasedPayments: draft.recovery.releasedPayments.map((one) =>
      released.includes(one) ? { ...one, isRefused: true } : one,
    ),
  });
  return true;
}

/** Another payment is open at Dodo: it is looked for, unless it is one that an operator confirmed to be dead. */
export function onPendingPayment(draft: DecisionDraft): void {
  if (markReleasedAsRefused(draft)) {
    update(draft, { plan: null });
    askCustomer(draft, "refused");
    explain(
      draft,
      "payment.not_released",
      "Dodo refuses charges while the released payment is open: nothing is sent until it ends",
    );
    return;
  }
  update(draft, {
    followUp: { reason: "pending_payment", since: draft.now, reads: 0, nextAt: draft.now },
  });
  explain(draft, "charge.pending_payment", "Dodo reports a pending payment of this subscription");
}

/** The released payment because of which Dodo refused a charge; null where there is none. */
export function refusedReleasedPayment(recovery: Recovery): ReleasedPayment | null {
  return releasedForDebt(recovery).find(({ isRefused }) => isRefused) ?? null;
}

/** The step that reads the released payments again; null where there are none. */
export function releasedStep(recovery: Recovery): Step | null {
  const { releasedPayments } = recovery;
  if (releasedPayments.length === 0 || isPending(recovery, "read")) return null;
  return {
    at: Math.min(...releasedPayments.map(({ nextReadAt }) => nextReadAt)),
    what: "a read of Dodo (a released payment)",
    run: (draft) => {
      extendReleased(draft);
      update(draft, {
        releasedPayments: draft.recovery.releasedPayments.map((one) => readAgain(draft, one)),
      });
      readNow(draft, "a released payment");
    },
  };
}

/** The intervals grow, and the last read is at the end. */
function readAgain(draft: DecisionDraft, released: ReleasedPayment): ReleasedPayment {
  const { until, nextReadAt, reads } = released;
  if (nextReadAt > draft.now) return released;
  const later = followUpAt(draft, reads + 1);
  const isLast = until > draft.now && until < later;
  return { ...released, reads: reads + 1, nextReadAt: isLast ? until : later };
}

/**
 * Applies what a read, or a webhook, shows of the released payments. While its debt is open, a success settles it like
 * any other; a success after that was collected twice, and the operator is notified.
 *
 * @returns whether one of these payments is released
 */
export function followReleased(draft: DecisionDraft, payments: readonly Payment[]): boolean {
  const { releasedPayments } = draft.recovery;
  for (const released of releasedPayments) {
    const payment = payments.find(({ paymentId }) => paymentId === released.paymentId);
    if (payment?.state === "succeeded") onSuccess(draft, released, payment);
    else if (payment !== undefined && hasFailed(payment)) onFailure(draft, released, payment);
    else if (isOver(draft, released)) forget(draft, released, "its debt's window has ended");
  }
  return payments.some(({ paymentId }) =>
    releasedPayments.some((released) => released.paymentId === paymentId),
  );
}

/**
 * Compare by the workflow's clock: a read that started before the end does not show the end. While any debt is open, the
 * payment is followed on, because Dodo takes one payment of a subscription at a time.
 */
function isOver({ recovery, readStartedAt }: DecisionDraft, released: ReleasedPayment): boolean {
  return recovery.debt === null && readStartedAt !== null && readStartedAt >= released.until;
}

function onSuccess(draft: DecisionDraft, released: ReleasedPayment, payment: Payment): void {
  const { paymentId, debtId } = released;
  forget(draft, released, "it succeeded");
  if (draft.recovery.debt?.id === debtId) return;
  const end = draft.recovery.ended.find((one) => one.debtId === debtId);
  if (end?.paymentId === payment.paymentId) return;
  const isPaid = end !== undefined && wasPaid(end);
  const alert: Alert = {
    cause: "overcharged",
    paymentId,
    totals: null,
    ...(isPaid ? {} : { debtEnded: true }),
  };
  explain(
    draft,
    "payment.overcharged",
    `${paymentId}, which ${released.by} released, succeeded after its debt had ended`,
  );
  notifyOperator(draft, alert);
}

function onFailure(draft: DecisionDraft, released: ReleasedPayment, payment: Payment): void {
  const { paymentId } = released;
  if (draft.recovery.debt?.id !== released.debtId) return onLateFailure(draft, released);
  forget(draft, released, `it is ${describeStatus(payment)}`);
  const { attempts, charge, settlement, closing, observing, debt } = draft.recovery;
  const isLatest = latestAttempt(draft.recovery)?.paymentId === paymentId;
  update(draft, { attempts: attempts.map((one) => withDecline(one, payment)) });
  if (!isLatest || debt === null || charge !== null) return;
  if (settlement !== null || closing !== null || observing !== null) return;
  // Its decline says how to continue; it replaces the attempt that the operator asked for.
  update(draft, { plan: null, customerAction: null });
  planAfterDecline(draft);
}

/** Its failure can put the subscription on hold again, although the debt is paid. Only a read shows that. */
function onLateFailure(draft: DecisionDraft, released: ReleasedPayment): void {
  const { paymentId, debtId } = released;
  if (draft.readStartedAt === null) return startRead(draft, `the failure of ${paymentId}`);
  forget(draft, released, "it failed after its debt had ended");
  const end = draft.recovery.ended.find((one) => one.debtId === debtId);
  const isPaid = end !== undefined && wasPaid(end);
  if (isPaid && isHeld(draft.recovery))
    notifyOperator(draft, { cause: "not_reactivated", paymentId });
}

function wasPaid({ outcome }: EndedDebt): boolean {
  return outcome === "recovered" || outcome === "collected";
}

function withDecline(attempt: Attempt, { paymentId, declineCode, methodId }: Payment): Attempt {
  if (attempt.paymentId !== paymentId || attempt.result !== "released") return attempt;
  return { ...attempt, result: "declined", declineCode, methodId: methodId ?? attempt.methodId };
}

function forget(draft: DecisionDraft, released: ReleasedPayment, why: string): void {
  update(draft, {
    releasedPayments: draft.recovery.releasedPayments.filter((one) => !isSameClaim(one, released)),
  });
  explain(draft, "payment.released_ended", `${released.paymentId} is followed no longer: ${why}`);
}

/** The payment whose own page the customer is sent to; null where Dodo has to create a page. */
export function paymentWithOwnPage(recovery: Recovery): PaymentId | null {
  const { waitingPayment } = recovery;
  if (waitingPayment?.waitsFor === "customer") return waitingPayment.paymentId;
  const refused = refusedReleasedPayment(recovery);
  const canBeConfirmed = refused !== null && refused.waitsFor === "customer" && refused.hasPage;
  return canBeConfirmed ? refused.paymentId : null;
}
