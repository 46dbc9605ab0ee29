import { describePrice } from "../debt/price.ts";
import { raiseAttention } from "../decision/attention.ts";
import { type DecisionDraft, explain, startEffect, update } from "../decision/draft.ts";
import { followUpAt, readNow } from "../decision/reads.ts";
import type { Step } from "../decision/step.ts";
import {
  isAnnounced,
  pendingAnnouncement,
  UNANNOUNCED_MAX_MS,
  wasAnnouncementTried,
} from "../notice/announcement.ts";
import { ANNOUNCING_MIN_MS } from "../notice/due-notices.ts";
import type { Policy } from "../policy.ts";
import {
  askCustomer,
  moveAttempt,
  movedAt,
  moveOverdue,
  onMethodOnFile,
  quietEndStartsAt,
  notifyOfUnknownPrice,
} from "../schedule/plan.ts";
import { earliestUnderCap, OVERDUE_MS } from "../schedule/retry-schedule.ts";
import type { PlannedAttempt } from "../state/attempt.ts";
import { isBlocked, isChargeable, isMethodBlocked, isPriceUnknown } from "../state/facts.ts";
import type { Recovery } from "../state/recovery.ts";
import { attemptKeyOf } from "../values/ids.ts";
import { describeInstant } from "../values/time.ts";
import { refusedReleasedPayment } from "./released-payment.ts";

/** The step that starts the planned attempt; null where none is planned, or something blocks it. */
export function attemptStep(recovery: Recovery, policy: Policy): Step | null {
  const { plan, debt } = recovery;
  if (plan === null || debt === null || isBlocked(recovery)) return null;
  if (!isChargeable(recovery)) return statusStep(plan);
  const announcing = pendingAnnouncement(recovery, policy);
  return {
    // An announcement that is on its way has until then.
    at: announcing === null ? plan.at : Math.max(plan.at, announcing.since + ANNOUNCING_MIN_MS),
    what: `attempt ${plan.number}, ${describePrice(debt)}`,
    run: (draft) => attemptNow(draft, policy),
  };
}

/** Reads after which a scheduled subscription that is still active is no longer taken for one about to be held. */
const ACTIVE_SCHEDULED_READS = 3;

/** The status forbids the attempt: reads whether it still does, since a webhook may be lost. */
function statusStep(plan: PlannedAttempt): Step {
  return {
    at: plan.at,
    what: "a read of Dodo (status)",
    run: (draft) => {
      const tries = plan.tries + 1;
      update(draft, { plan: { ...plan, at: followUpAt(draft, plan.tries), tries } });
      if (tries === ACTIVE_SCHEDULED_READS && isActiveScheduled(draft.recovery)) {
        return askAboutActiveScheduled(draft);
      }
      readNow(draft, "the subscription's status");
    },
  };
}

/** Dodo retries a scheduled subscription's payment only while it is held, so nothing would ever be charged. */
function isActiveScheduled({ subscription }: Recovery): boolean {
  return subscription?.onDemand === false && subscription.access === "current";
}

function askAboutActiveScheduled(draft: DecisionDraft): void {
  explain(
    draft,
    "subscription.active_unpaid",
    `the subscription is active in ${ACTIVE_SCHEDULED_READS} reads, and no payment of this debt is listed`,
  );
  raiseAttention(draft, { cause: "active_without_payment" });
}

function attemptNow(draft: DecisionDraft, policy: Policy): void {
  const { plan, recentChargesAt } = draft.recovery;
  if (plan === null) return;
  const refused = refusedReleasedPayment(draft.recovery);
  if (refused !== null) {
    askCustomer(draft, "refused");
    explain(
      draft,
      "payment.not_released",
      `Dodo refuses charges until ${refused.paymentId} has ended`,
    );
    return;
  }
  // A requested charge is no retry: only a blocked method stops it.
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
    if (freeAt > draft.now) return moveAttempt(draft, freeAt, "one too many in 30 days");
    if (!isAnnounced(draft.recovery, policy, draft.now)) return waitForAnnouncement(draft, plan);
  }
  startCharge(draft, plan);
}

/**
 * Moves an attempt whose announcement is not out, and announces the new time. Asks a person once announcing it was tried for three
 * days. @source docs/RECOVERY.md, "Notices"
 */
function waitForAnnouncement(draft: DecisionDraft, plan: PlannedAttempt): void {
  const { recovery, policy } = draft;
  const at = movedAt(draft);
  if (!wasAnnouncementTried(recovery, policy)) {
    moveAttempt(draft, at, "not announced yet", "schedule.unannounced");
    return;
  }
  const since = plan.unannouncedSince ?? plan.dueAt;
  if (at <= since + UNANNOUNCED_MAX_MS) {
    update(draft, { plan: { ...plan, unannouncedSince: since } });
    moveAttempt(draft, at, "not announced yet", "schedule.unannounced");
    return;
  }
  // Once the question is answered, the attempt is announced anew, for three more days.
  const { announcement: _a, unannouncedSince: _u, ...rest } = plan;
  update(draft, { plan: { ...rest, moves: plan.moves + 1, announce: true } });
  explain(
    draft,
    "schedule.unannounced",
    `attempt ${plan.number} has waited for its announcement since ${describeInstant(since)}`,
  );
  raiseAttention(draft, { cause: "announcement_unsent", attempt: plan.number });
}

function startCharge(draft: DecisionDraft, plan: PlannedAttempt): void {
  const { debt, recentChargesAt, subscription } = draft.recovery;
  if (debt === null) return;
  const { number, trigger } = plan;
  if (isPriceUnknown(draft.recovery)) {
    notifyOfUnknownPrice(draft);
    return askCustomer(draft, "amount_unknown");
  }
  const via = subscription?.onDemand === false ? ({ via: "manual_retry" } as const) : {};
  const effectId = startEffect(draft, {
    kind: "charge",
    key: attemptKeyOf(debt.id, number),
    number,
    amountMinor: debt.priceMinor,
    currency: debt.currency,
    description: debt.requested?.description ?? null,
    failedPaymentId: debt.failedPaymentId,
    expectedAccess: subscription?.access ?? null,
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
  explain(
    draft,
    "schedule.due",
    `attempt ${number} of ${describePrice(debt)} starts (${trigger.replaceAll("_", " ")})`,
  );
}
