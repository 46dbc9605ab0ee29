import { type DecisionDraft, explain, startEffect, update } from "../decision/draft.ts";
import { followUpAt, readNow } from "../decision/reads.ts";
import type { Step } from "../decision/step.ts";
import type { Policy } from "../policy.ts";
import {
  askCustomer,
  moveAttempt,
  moveOverdue,
  onMethodOnFile,
  quietEndStartsAt,
} from "../schedule/plan.ts";
import { earliestUnderCap, OVERDUE_MS } from "../schedule/retry-schedule.ts";
import type { PlannedAttempt } from "../state/attempt.ts";
import { isBlocked, isChargeable, isMethodBlocked } from "../state/facts.ts";
import type { Recovery } from "../state/recovery.ts";
import { attemptKeyOf } from "../values/ids.ts";
import { describeMoney, money } from "../values/money.ts";
import { barringPayment } from "./released-payment.ts";

/** The step that starts the planned attempt; null where none is planned, or something blocks it. */
export function attemptStep(recovery: Recovery, policy: Policy): Step | null {
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

/** The status forbids the attempt: reads whether it still does, since a webhook may be lost. */
function statusStep(plan: PlannedAttempt): Step {
  return {
    at: plan.at,
    what: "a read of Dodo (status)",
    run: (draft) => {
      const tries = plan.tries + 1;
      update(draft, { plan: { ...plan, at: followUpAt(draft, plan.tries), tries } });
      readNow(draft, "the subscription's status");
    },
  };
}

function attemptNow(draft: DecisionDraft, policy: Policy): void {
  const { plan, recentChargesAt } = draft.recovery;
  if (plan === null) return;
  const barring = barringPayment(draft.recovery);
  if (barring !== null) {
    askCustomer(draft, "refused");
    explain(
      draft,
      "payment.not_released",
      `Dodo refuses charges until ${barring.paymentId} has ended`,
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
  const price = describeMoney(money(debt.priceMinor, debt.currency));
  explain(
    draft,
    "schedule.due",
    `attempt ${number} of ${price} starts (${trigger.replaceAll("_", " ")})`,
  );
}
