import { onChargeFinished } from "./charge/charge-outcome.ts";
import { onPaymentLinkFinished } from "./charge/payment-link.ts";
import { onCommand } from "./commands.ts";
import { concludeConfirmedDead } from "./confirmed-dead.ts";
import { closeDebt, finishIfDone } from "./debt/ending.ts";
import { activateNextDebt } from "./debt/queue.ts";
import { onCustomerPaymentsUnknown } from "./debt/replaced.ts";
import { raiseAttention } from "./decision/attention.ts";
import type { Decision } from "./decision/decision.ts";
import { type DecisionDraft, explain, newDraft, update } from "./decision/draft.ts";
import { deferrableKeys, shownAttributes, wakeUpStep } from "./deferral.ts";
import { dueStep } from "./due-steps.ts";
import { onDebtImported } from "./evidence/imported.ts";
import { dropLateRequest, finishLatePayment } from "./evidence/late-payment.ts";
import { keepFollowUpAhead, onRead } from "./evidence/on-read.ts";
import { onWebhook } from "./evidence/on-webhook.ts";
import { onCancelled, onNotice } from "./notice/notice-outcome.ts";
import { DEFAULT_POLICY, type Policy } from "./policy.ts";
import { advise } from "./reporting/advice.ts";
import { onPublicationsEnqueued, publish } from "./reporting/publication.ts";
import { changedAttributes } from "./reporting/search-attributes.ts";
import { onChargeRequested, reportChargeStatuses } from "./requested-charge/admission.ts";
import { newOpening } from "./state/current-debt.ts";
import type { DomainEvent, EffectFinished } from "./state/event.ts";
import { stateOf, withoutEffect } from "./state/facts.ts";
import type { Mode } from "./state/outcome.ts";
import { type Recovery } from "./state/recovery.ts";
import { isSame } from "./values/same.ts";
import { type Instant } from "./values/time.ts";
import { waitingFor } from "./waiting-for.ts";

/** The settings of the worker that decides. */
export type DecisionSettings = {
  readonly policy: Policy;
  readonly mode: Mode;
  /** Send outgoing webhooks to the merchant's systems. Not pinned: a change applies to open recoveries too. */
  readonly publishes?: boolean;
};

/** The most steps of one decision. More would be an endless loop, that is, a bug. */
const STEPS_MAX = 10;

/**
 * Decides what to do about one event; every transition of a recovery happens here. Pure and total: no event that can
 * occur makes it throw, and it always gives a reason, also for doing nothing.
 *
 * @param inForce the worker's policy and mode, which apply until the recovery has pinned its own
 * @param now the workflow's time
 * @param isLast false where another event waits: what is due then waits too
 */
export function decide(
  recovery: Recovery,
  event: DomainEvent,
  inForce: DecisionSettings,
  now: Instant,
  isLast = true,
): Decision {
  const policy = recovery.policy === null ? inForce.policy : withDefaults(recovery.policy);
  const mode = recovery.mode ?? inForce.mode;
  const draft = newDraft({ recovery: { ...recovery, policy, mode }, event, policy, now });
  onEvent(draft, event);
  advance(draft);
  if (isLast) runDueSteps(draft);
  reportChargeStatuses(draft, recovery);
  if (inForce.publishes === true) {
    publish(draft, recovery);
    advise(draft, recovery, isLast);
  }
  return conclude(draft, recovery);
}

const POLICY_KEYS = Object.keys(DEFAULT_POLICY) as (keyof Policy)[];

/** An earlier release pinned a policy without the keys that came since. */
function withDefaults(policy: Policy): Policy {
  const isComplete = POLICY_KEYS.every((key) => policy[key] !== undefined);
  return isComplete ? policy : { ...DEFAULT_POLICY, ...policy };
}

function onEvent(draft: DecisionDraft, event: DomainEvent): void {
  switch (event.kind) {
    case "payment_reported":
    case "subscription_reported":
    case "dodo_dunning_reported":
      onWebhook(draft, event);
      return;
    case "timer_fired":
      draft.rule = "timer.nothing_due";
      return;
    case "command":
      onCommand(draft, event);
      return;
    case "charge_requested":
      onChargeRequested(draft, event);
      return;
    case "debt_imported":
      onDebtImported(draft, event);
      return;
    case "cancel_requested":
      onCancelRequested(draft);
      return;
    case "read_finished":
    case "charge_finished":
    case "notice_finished":
    case "payment_link_finished":
    case "cancel_finished":
    case "operator_notified":
    case "published":
    case "charge_status_reported":
    case "effect_failed":
      onEffectFinished(draft, event);
      return;
    default:
      // A newer gateway may send events that this version does not know.
      explain(
        draft,
        "event.ignored",
        `unknown event ${JSON.stringify((event as DomainEvent).kind)}`,
      );
  }
}

function onEffectFinished(draft: DecisionDraft, event: EffectFinished): void {
  const pending = draft.recovery.pendingEffects[event.effectId];
  if (pending === undefined) {
    explain(draft, "payment.already_known", `effect ${event.effectId} is not pending`);
    return;
  }
  const { pendingEffects } = withoutEffect(draft.recovery, event.effectId);
  update(draft, { pendingEffects });
  switch (event.kind) {
    case "read_finished":
      draft.readStartedAt = pending.since;
      onRead(draft, event.outcome);
      concludeConfirmedDead(draft, event.effectId, event.outcome);
      return;
    case "charge_finished":
      onCustomerPaymentsUnknown(draft, event.outcome.customerPaymentsUnknown);
      onChargeFinished(draft, event.effectId, event.outcome);
      return;
    case "notice_finished":
      onCustomerPaymentsUnknown(draft, event.outcome.customerPaymentsUnknown);
      onNotice(draft, pending.key ?? null, event.outcome);
      return;
    case "payment_link_finished":
      onPaymentLinkFinished(draft, event.outcome);
      return;
    case "cancel_finished":
      onCancelled(draft, event.outcome);
      return;
    case "operator_notified":
      explain(
        draft,
        "operator.notified",
        event.delivered
          ? "the alert was handed over for the operator's email"
          : "the alert for the operator's email could not be handed over",
      );
      return;
    case "published":
      onPublicationsEnqueued(draft, event.enqueued);
      return;
    case "charge_status_reported":
      explain(
        draft,
        "requested_charge.status_reported",
        event.delivered
          ? "the requester was sent the charge's status"
          : "the requester's workflow has closed",
      );
      return;
    case "effect_failed":
      explain(draft, "effect.failed", `${pending.kind} failed: ${event.detail}`);
      if (pending.kind === "read") dropLateRequest(draft, "not_now", "Dodo could not be read");
      raiseAttention(draft, { cause: "effect_failed", effect: pending.kind });
      if (pending.kind === "read") {
        keepFollowUpAhead(draft);
        concludeConfirmedDead(draft, event.effectId, null);
      }
      return;
  }
}

function onCancelRequested(draft: DecisionDraft): void {
  if (draft.recovery.debt === null && draft.recovery.opening === null) {
    explain(draft, "event.ignored", "Temporal Cancel changes nothing: nothing is owed any more");
    return;
  }
  if (draft.recovery.settlement !== null || draft.recovery.closing !== null) {
    explain(draft, "event.ignored", "Temporal Cancel changes nothing: the debt is ending already");
    return;
  }
  closeDebt(draft, {
    outcome: "written_off",
    scope: "subscription",
    by: "operator",
    who: "Temporal Cancel",
    rule: "operator.command",
    reason: "the workflow was cancelled in Temporal",
  });
}

/** Runs after the event and after every step: ends what is done and makes the next debt current. */
function advance(draft: DecisionDraft): void {
  finishIfDone(draft);
  finishLatePayment(draft);
  activateNextDebt(draft);
  const { debt, opening, chargeRequests } = draft.recovery;
  // A charge that was requested while a debt ended needs a new opening.
  if (debt === null && opening === null && chargeRequests.length > 0) {
    update(draft, { opening: newOpening(draft.now) });
  }
}

/** Runs the steps that are due now, one by one, as each may make the next one due. */
function runDueSteps(draft: DecisionDraft): void {
  for (let count = 0; count < STEPS_MAX; count += 1) {
    const step = dueStep(draft.recovery, draft.policy, draft.now);
    if (step === null) return;
    const { rule } = draft;
    step.run(draft);
    advance(draft);
    // The event's rule stays the main rule, unless the event itself changed nothing.
    if (rule !== "timer.nothing_due" && rule !== "event.ignored") draft.rule = rule;
  }
}

function conclude(draft: DecisionDraft, before: Recovery): Decision {
  update(draft, { state: stateOf(draft.recovery) });
  const after = draft.recovery;
  const attributes = changedAttributes(before, after, draft.now);
  return {
    changes: changesOf(before, after),
    effects: draft.effects,
    ...outlookOf(after, draft.policy, draft.now),
    rule: draft.rule,
    rules: draft.rules.length === 0 ? [draft.rule] : draft.rules,
    reason: draft.reasons.join("; ") || "nothing was due",
    ...shownAttributes(after, attributes),
  };
}

/** What the recovery waits for, until when, and what may wait with it. */
export function outlookOf(
  recovery: Recovery,
  policy: Policy,
  now: Instant,
): Pick<Decision, "wakeAt" | "waitingFor" | "mayWait"> {
  const next = wakeUpStep(recovery, policy, now);
  // A wake-up is always in the future, even where a step left itself due.
  const wakeAt = next === null ? null : Math.max(next.at, now + 1);
  const mayWait = deferrableKeys(recovery, policy, now, wakeAt);
  return {
    wakeAt,
    waitingFor: waitingFor(recovery, next),
    ...(mayWait.length === 0 ? {} : { mayWait }),
  };
}

/** The fields that differ. */
export function changesOf(before: Recovery, after: Recovery): Partial<Recovery> {
  const changes: Record<string, unknown> = {};
  for (const name in after) {
    const key = name as keyof Recovery;
    if (!isSame(before[key], after[key])) changes[key] = after[key];
  }
  return changes;
}
