import { type DecisionDraft, explain, startEffect, update } from "../decision/draft.ts";
import type { NoticeEffect } from "../decision/effect.ts";
import { noticeFieldsOf } from "../decision/effect.ts";
import type { Step } from "../decision/step.ts";
import { classifyDecline } from "../declines/decline.ts";
import type { Policy } from "../policy.ts";
import { quietEndStartsAt } from "../schedule/plan.ts";
import type { Debt } from "../state/debt.ts";
import {
  importQuietEndsAt,
  isBlocked,
  isPending,
  isUnannouncedImport,
  latestAttempt,
  noticeKey,
  quietUntil,
} from "../state/facts.ts";
import { NOTICE_WORDS, type NoticeKind, type NoticeStep } from "../state/notice.ts";
import { allowsCharges } from "../state/payment.ts";
import type { Recovery } from "../state/recovery.ts";
import { DAY_MS, type Instant, MINUTE_MS } from "../values/time.ts";

type DueNotice = {
  readonly at: Instant;
  readonly kind: NoticeKind;
  readonly key: string;
  readonly step?: NoticeStep;
};

/** The step that sends the next notice; null where none is due, or something blocks it. */
export function noticeStep(recovery: Recovery, policy: Policy): Step | null {
  const { debt, subscription } = recovery;
  if (debt === null || isBlocked(recovery) || isPending(recovery, "notice")) return null;
  if (subscription === null || !allowsCharges(subscription.access)) return null;
  const due = nextNotice(recovery, policy);
  if (due === null) return null;
  return {
    at: Math.max(due.at, recovery.noticesFrom ?? due.at, quietUntil(recovery)),
    what: NOTICE_WORDS[due.kind],
    run: (draft) => {
      startNotice(draft, debt, due);
      explain(draft, "notice.due", `${NOTICE_WORDS[due.kind]} is due`);
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

/** Repeats what an earlier notice said. */
function isReminder({ kind, step }: DueNotice): boolean {
  return kind === "retry_ahead" || (step !== undefined && step !== "first");
}

/** An announcement has at least so long to get out, however soon its attempt is due. */
export const ANNOUNCING_MIN_MS = 2 * MINUTE_MS;

/**
 * While the schedule runs: one after the first soft decline, and one ahead of each attempt. Where there is an announcement of the
 * planned attempt, it is the last of them.
 */
export function softNotices(recovery: Recovery, policy: Policy): DueNotice[] {
  const { plan, attempts } = recovery;
  const last = latestAttempt(recovery);
  if (plan === null || last === null || !plan.announce) return [];
  const notices: DueNotice[] = [];
  const knownAt = Math.max(last.endedAt, recovery.activatedAt ?? 0);
  const first = knownAt + policy.notices.firstSoftMs;
  const isFirst = attempts.length === 1 && first < plan.at;
  if (isFirst) notices.push({ at: first, kind: "payment_failed", key: "payment_failed" });
  const leadMs = announcedAheadMs(recovery, policy);
  const ahead = plan.at - leadMs;
  // The first notice also announces the next attempt, so a second one within hours is left out.
  const isAnnouncedByFirst =
    isFirst && (ahead <= first || (plan.moves === 0 && ahead < (importQuietEndsAt(recovery) ?? 0)));
  if (leadMs > 0 && !isAnnouncedByFirst) {
    const moved = plan.moves === 0 ? "" : `.moved${plan.moves}`;
    const key = noticeKey("retry_ahead", `${plan.number}${moved}`);
    notices.push({ at: Math.max(ahead, knownAt), kind: "retry_ahead", key });
  }
  return notices;
}

/** How long ahead of the planned attempt its announcement is due; 0: none is wanted. The first mail of an import always is. */
export function announcedAheadMs(recovery: Recovery, policy: Policy): number {
  const { beforeAttemptMs } = policy.notices;
  return beforeAttemptMs === 0 && isUnannouncedImport(recovery) ? DAY_MS : beforeAttemptMs;
}

/** While the customer has to act: the policy's sequence. Notices that would fall into the quiet end merge into one before it. */
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

/** The only notice of a sequence is its first: a last one follows an earlier one. */
function stepOf(index: number, count: number): NoticeStep {
  if (index === 0) return "first";
  return index === count - 1 ? "last" : "reminder";
}

function startNotice(draft: DecisionDraft, debt: Debt, due: DueNotice): void {
  const { recovery } = draft;
  // After an outage or a pause, the latest overdue notice of a sequence stands for the ones before it.
  const overtaken = overtakenNotices(recovery, draft.policy, due, draft.now);
  const code = latestAttempt(recovery)?.declineCode ?? null;
  const decline = classifyDecline(code, draft.policy.codes);
  startEffect(draft, {
    kind: "notice",
    notice: due.kind,
    key: due.key,
    ...noticeFieldsOf(debt),
    declineCode: decline.masked || !decline.known ? null : decline.code,
    nextAttemptAt: recovery.plan?.at ?? null,
    windowEndsAt: customersDeadline(recovery) ?? draft.now,
    withLink: true,
    ...stepFields(due, overtaken, draft.policy),
    ...deadlineOf(draft, due),
  });
  const keys = [...overtaken.map(({ key }) => key), due.key];
  update(draft, { notices: [...recovery.notices, ...keys] });
}

/** A notice that names an attempt's day is overtaken by the next one, or by the attempt itself. */
function deadlineOf(
  { recovery, policy, now }: DecisionDraft,
  due: DueNotice,
): Pick<NoticeEffect, "giveUpAt"> {
  const { plan } = recovery;
  if (plan === null || due.kind === "action_needed") return {};
  const next = softNotices(recovery, policy).find(({ at }) => at > due.at);
  return { giveUpAt: Math.max(next?.at ?? plan.at, now + ANNOUNCING_MIN_MS) };
}

/** The deadline in the notice: the end of the window, or of the grace period, after which Dodo may cancel. */
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

/** A customer who was not asked yet gets the first step; otherwise the latest overdue step applies. */
function stepFields(
  due: DueNotice,
  overtaken: readonly DueNotice[],
  policy: Policy,
): Pick<NoticeEffect, "step" | "cancelsAtEnd"> {
  const step = due.step === "first" ? "first" : (overtaken.at(-1)?.step ?? due.step);
  return step === undefined ? {} : { step, cancelsAtEnd: policy.onExhausted === "cancel" };
}
