import { endDebt } from "./debt/ending.ts";
import { classifyDecline } from "./declines/decline.ts";
import {
  type DecisionDraft,
  explain,
  followUpAt,
  startEffect,
  startRead,
  update,
} from "./draft/draft.ts";
import type { Policy } from "./policy.ts";
import {
  askCustomer,
  moveAttempt,
  moveOverdue,
  onMethodOnFile,
  quietEndStartsAt,
} from "./schedule/plan.ts";
import { earliestUnderCap, OVERDUE_MS } from "./schedule/retry-schedule.ts";
import type { PlannedAttempt } from "./state/attempt.ts";
import type { Debt } from "./state/debt.ts";
import type { NoticeEffect } from "./state/effect.ts";
import {
  isChargeable,
  isMethodBlocked,
  isPending,
  latestAttempt,
  noticeKey,
} from "./state/facts.ts";
import { NOTICE_WORDS, type NoticeKind, type NoticeStep } from "./state/notice.ts";
import { isChargeableStatus } from "./state/payment.ts";
import type { Recovery } from "./state/recovery.ts";
import { attemptKeyOf } from "./values/ids.ts";
import { describeMoney, money } from "./values/money.ts";
import { describeInstant, type Instant, MINUTE_MS } from "./values/time.ts";

/** Something that will be done at its time, unless an event comes first. */
export type Step = {
  readonly at: Instant;
  readonly what: string;
  readonly run: (draft: DecisionDraft) => void;
};

/**
 * All that a recovery waits for. A step that something bars (a read under way, a charge in flight) is not on it:
 * the event that lifts the bar puts it there. Where several are due, they are done in this order: what is known
 * comes first, and nobody is told of an attempt that is overdue and about to be moved.
 */
function stepsOf(recovery: Recovery, policy: Policy): readonly Step[] {
  return [
    readStep(recovery),
    observeStep(recovery),
    graceStep(recovery),
    windowStep(recovery),
    attemptStep(recovery, policy),
    noticeStep(recovery, policy),
  ].filter((step) => step !== null);
}

/** The step to do now, if any is due. */
export function dueStep(recovery: Recovery, policy: Policy, now: Instant): Step | null {
  return stepsOf(recovery, policy).find(({ at }) => at <= now) ?? null;
}

/** What will be done next, unless an event comes first. */
export function nextStep(recovery: Recovery, policy: Policy): Step | null {
  return stepsOf(recovery, policy).toSorted((a, b) => a.at - b.at)[0] ?? null;
}

/** Opening and watching: it is time to look at Dodo again. */
function readStep(recovery: Recovery): Step | null {
  if (isPending(recovery, "read")) return null;
  const { opening, followUp, attention } = recovery;
  if (opening !== null) {
    if (opening.nextAt === null || attention.length > 0) return null;
    return {
      at: opening.nextAt,
      what: "a second look at Dodo",
      run: (draft) => readNow(draft, "opening"),
    };
  }
  if (followUp === null) return null;
  const what = `a look at Dodo (${followUp.reason})`;
  return { at: followUp.nextAt, what, run: (draft) => readNow(draft, followUp.reason) };
}

/** Dodo's own retries own the debt: it is looked at now and then. */
function observeStep(recovery: Recovery): Step | null {
  const { observing, debt, followUp, settlement } = recovery;
  if (observing === null || debt === null || followUp !== null || settlement !== null) return null;
  if (isPending(recovery, "read")) return null;
  return {
    at: observing.nextReadAt,
    what: "a look at Dodo (its own recovery)",
    run: (draft) => {
      // However this reading ends, the next one is not at once.
      const nextReadAt = followUpAt(draft, observing.reads);
      update(draft, { observing: { ...observing, nextReadAt } });
      readNow(draft, "its own recovery");
    },
  };
}

/** Right after a grace period's end, with or without a webhook. */
function graceStep(recovery: Recovery): Step | null {
  const { graceEndsAt, debt, settlement } = recovery;
  if (graceEndsAt === null || debt === null || settlement !== null) return null;
  if (isPending(recovery, "read")) return null;
  return {
    at: graceEndsAt + MINUTE_MS,
    what: "the end of the grace period",
    run: (draft) => {
      update(draft, { graceEndsAt: null });
      explain(draft, "subscription.grace_ends", describeInstant(graceEndsAt));
      startRead(draft, "the grace period ends");
    },
  };
}

function readNow(draft: DecisionDraft, why: string): void {
  explain(draft, "follow_up.read", `Dodo is read: ${why}`);
  startRead(draft, why);
}

/** Nothing may be charged, and nothing asked for, while any of these holds. */
function isBlocked(recovery: Recovery): boolean {
  return (
    recovery.debt === null ||
    recovery.charge !== null ||
    recovery.settlement !== null ||
    recovery.closing !== null ||
    recovery.paused !== null ||
    recovery.attention.length > 0 ||
    recovery.paymentLink !== null ||
    recovery.opening !== null ||
    // Something is being looked at, or ended: what it says comes first.
    recovery.followUp !== null ||
    isPending(recovery, "read") ||
    isPending(recovery, "cancel")
  );
}

function attemptStep(recovery: Recovery, policy: Policy): Step | null {
  const { plan, debt } = recovery;
  if (plan === null || debt === null || isBlocked(recovery)) return null;
  if (!isChargeable(recovery)) return statusStep(plan);
  const price = describeMoney(money(debt.priceMinor, debt.currency));
  return {
    at: plan.at,
    what: `attempt ${plan.number}, ${price}`,
    run: (draft) => attemptNow(draft, policy),
  };
}

/** An attempt is due and the status forbids it: whether it still does is looked at, as no webhook may ever tell. */
function statusStep(plan: PlannedAttempt): Step {
  return {
    at: plan.at,
    what: "a look at Dodo (the status)",
    run: (draft) => {
      const tries = plan.tries + 1;
      update(draft, { plan: { ...plan, at: followUpAt(draft, plan.tries), tries } });
      readNow(draft, "the status");
    },
  };
}

function attemptNow(draft: DecisionDraft, policy: Policy): void {
  const { plan, recentChargesAt } = draft.recovery;
  if (plan === null) return;
  // Asked for now: no retry of ours, whatever the calendar says.
  if (plan.trigger === "charge" && isMethodBlocked(draft.recovery)) return onMethodOnFile(draft);
  if (plan.trigger !== "operator" && plan.trigger !== "charge") {
    if (draft.now >= quietEndStartsAt(draft.recovery, policy.quietEndMs)) {
      askCustomer(draft, "schedule_spent");
      explain(draft, "schedule.no_attempts_left", "the window's quiet end has begun");
      return;
    }
    if (isMethodBlocked(draft.recovery)) return onMethodOnFile(draft);
    if (draft.now > plan.dueAt + OVERDUE_MS) return moveOverdue(draft);
    const freeAt = earliestUnderCap(draft.now, recentChargesAt);
    if (freeAt > draft.now) return moveAttempt(draft, freeAt, "one too many in thirty days");
  }
  startCharge(draft, plan);
}

function startCharge(draft: DecisionDraft, plan: PlannedAttempt): void {
  const { debt, recentChargesAt, subscription } = draft.recovery;
  if (debt === null) return;
  const { number, trigger } = plan;
  const via = subscription?.onDemand === false ? ({ via: "manual_retry" } as const) : {};
  const effectId = startEffect(draft, {
    kind: "charge",
    key: attemptKeyOf(debt.id, number),
    number,
    amountMinor: debt.priceMinor,
    currency: debt.currency,
    failedPaymentId: debt.failedPaymentId,
    expectedStatus: subscription?.status ?? null,
    latestStartAt: Math.max(draft.now, plan.dueAt) + OVERDUE_MS,
    ...via,
  });
  update(draft, {
    plan: null,
    charge: {
      number,
      trigger,
      startedAt: draft.now,
      phase: "started",
      paymentId: null,
      effectId,
      ...via,
      plan,
      sentNoLaterThan: null,
    },
    recentChargesAt: [...recentChargesAt, draft.now].slice(-12),
  });
  const price = describeMoney(money(debt.priceMinor, debt.currency));
  explain(draft, "schedule.due", `attempt ${number} of ${price} (${trigger})`);
}

type DueNotice = {
  readonly at: Instant;
  readonly kind: NoticeKind;
  readonly key: string;
  readonly step?: NoticeStep;
};

function noticeStep(recovery: Recovery, policy: Policy): Step | null {
  const { debt, subscription } = recovery;
  if (debt === null || isBlocked(recovery) || isPending(recovery, "notice")) return null;
  if (!isChargeableStatus(subscription?.status ?? null)) return null;
  const due = nextNotice(recovery, policy);
  if (due === null) return null;
  return {
    at: Math.max(due.at, recovery.noticesFrom ?? due.at),
    what: NOTICE_WORDS[due.kind],
    run: (draft) => {
      startNotice(draft, debt, due);
      explain(draft, "notice.due", NOTICE_WORDS[due.kind]);
    },
  };
}

/** The next notice that has not been sent. */
export function nextNotice(recovery: Recovery, policy: Policy): DueNotice | null {
  const due =
    recovery.customerAction === null
      ? softNotices(recovery, policy)
      : hardNotices(recovery, policy);
  const wanted = recovery.remindersOff ? due.filter((one) => !isReminder(one)) : due;
  const unsent = wanted.filter(({ key }) => !recovery.notices.includes(key));
  return unsent.toSorted((a, b) => a.at - b.at)[0] ?? null;
}

/** It says what an earlier notice has said. */
function isReminder({ kind, step }: DueNotice): boolean {
  return kind === "retry_ahead" || (step !== undefined && step !== "first");
}

/** While the schedule runs: one after the first soft decline, and one ahead of each attempt. */
function softNotices(recovery: Recovery, policy: Policy): DueNotice[] {
  const { plan, attempts } = recovery;
  const last = latestAttempt(recovery);
  if (plan === null || last === null || !plan.announce) return [];
  const notices: DueNotice[] = [];
  const knownAt = Math.max(last.endedAt, recovery.activatedAt ?? 0);
  const first = knownAt + policy.notices.firstSoftMs;
  const isFirst = attempts.length === 1 && first < plan.at;
  if (isFirst) notices.push({ at: first, kind: "payment_failed", key: "payment_failed" });
  const ahead = plan.at - policy.notices.beforeAttemptMs;
  // The first notice announces the next attempt too: two within hours would be one too many.
  if (policy.notices.beforeAttemptMs > 0 && !(isFirst && ahead <= first)) {
    const moved = plan.moves === 0 ? "" : `.moved${plan.moves}`;
    const key = noticeKey("retry_ahead", `${plan.number}${moved}`);
    notices.push({ at: Math.max(ahead, knownAt), kind: "retry_ahead", key });
  }
  return notices;
}

/** Once the customer is asked: a sequence, of which what would fall into the quiet end is moved ahead of it. */
function hardNotices(recovery: Recovery, policy: Policy): DueNotice[] {
  const { customerAction } = recovery;
  if (customerAction === null) return [];
  const quiet = quietEndStartsAt(recovery, policy.quietEndMs);
  const times = policy.notices.hardMs.map((offset) => customerAction.since + offset);
  const inTime = times.filter((at) => at < quiet);
  const late = times.length - inTime.length;
  if (late > 0) inTime.push(Math.max(quiet, customerAction.since));
  return inTime.map((at, index) => ({
    at,
    kind: "action_needed",
    key: noticeKey("action_needed", `${customerAction.afterAttempt}.${index}`),
    step: stepOf(index, inTime.length),
  }));
}

/** Nobody is given a last chance who was not asked before. */
function stepOf(index: number, count: number): NoticeStep {
  if (index === 0) return "first";
  return index === count - 1 ? "last" : "reminder";
}

function startNotice(draft: DecisionDraft, debt: Debt, due: DueNotice): void {
  const { recovery } = draft;
  // Overdue ones of a sequence (an outage, a pause) are not caught up with: the latest says it all.
  const overtaken = overtakenNotices(recovery, draft.policy, due, draft.now);
  const code = latestAttempt(recovery)?.declineCode ?? null;
  const decline = classifyDecline(code, draft.policy.codes);
  startEffect(draft, {
    kind: "notice",
    notice: due.kind,
    key: due.key,
    debtId: debt.id,
    amountMinor: debt.priceMinor,
    currency: debt.currency,
    failedPaymentId: debt.failedPaymentId,
    declineCode: decline.masked || !decline.known ? null : decline.code,
    nextAttemptAt: recovery.plan?.at ?? null,
    windowEndsAt: customersDeadline(recovery) ?? draft.now,
    withLink: true,
    ...stepFields(due, overtaken, draft.policy),
  });
  const keys = [...overtaken.map(({ key }) => key), due.key];
  update(draft, { notices: [...recovery.notices, ...keys] });
}

/** What the customer is told: the window's end, or the grace period's, after which Dodo may cancel. */
function customersDeadline({ windowEndsAt, graceEndsAt }: Recovery): Instant | null {
  if (windowEndsAt === null || graceEndsAt === null) return windowEndsAt ?? graceEndsAt;
  return Math.min(windowEndsAt, graceEndsAt);
}

function overtakenNotices(
  recovery: Recovery,
  policy: Policy,
  due: DueNotice,
  now: Instant,
): readonly DueNotice[] {
  if (due.kind !== "action_needed") return [];
  return hardNotices(recovery, policy).filter(
    ({ at, key }) => at > due.at && at <= now && !recovery.notices.includes(key),
  );
}

/** Who was not asked before is asked; else the last of those that are overdue has the word. */
function stepFields(
  due: DueNotice,
  overtaken: readonly DueNotice[],
  policy: Policy,
): Pick<NoticeEffect, "step" | "cancelsAtEnd"> {
  const step = due.step === "first" ? "first" : (overtaken.at(-1)?.step ?? due.step);
  return step === undefined ? {} : { step, cancelsAtEnd: policy.onExhausted === "cancel" };
}

/** The window ends nothing that is in flight, unknown, or that the customer is paying. */
function windowStep(recovery: Recovery): Step | null {
  const { windowEndsAt, windowStoppedAt } = recovery;
  if (windowEndsAt === null || windowStoppedAt !== null || isBlocked(recovery)) return null;
  return { at: windowEndsAt, what: "the end of the recovery window", run: endWindow };
}

function endWindow(draft: DecisionDraft): void {
  const { recovery, policy } = draft;
  const { windowEndsAt } = recovery;
  if (windowEndsAt === null) return;
  // Not by the time that a read gives itself: that is its worker's clock, which may be behind or ahead.
  if (draft.readStartedAt === null || draft.readStartedAt < windowEndsAt) {
    explain(draft, "window.final_read", "the window is over; Dodo is read once more");
    startRead(draft, "the window ends");
    return;
  }
  if (policy.onExhausted === "cancel" && mayCancel(recovery, policy)) {
    startEffect(draft, { kind: "cancel" });
    explain(draft, "window.cancel", "unpaid at the end of the window");
    return;
  }
  exhaust(draft, `unpaid at ${describeInstant(windowEndsAt)}`);
}

export function exhaust(draft: DecisionDraft, reason: string): void {
  endDebt(draft, { outcome: "exhausted", by: "reprise", rule: "window.ended", reason });
}

/** Nobody is cancelled who was not told, nor for a fault of the merchant's. @source design, "Rules" */
function mayCancel(recovery: Recovery, policy: Policy): boolean {
  const code = latestAttempt(recovery)?.declineCode ?? null;
  // With debts waiting the subscription is not cancelled: the last one decides.
  if (recovery.noticesDelivered === 0 || recovery.queue.length > 0) return false;
  return classifyDecline(code, policy.codes).handling !== "merchant";
}
