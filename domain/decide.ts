import { onChargeFinished } from "./charge/charge-outcome.ts";
import { onDodoDunning } from "./charge/dodo-retries.ts";
import { onLinkFinished } from "./charge/payment-link.ts";
import { takeUpAsked } from "./charge/resume-attempts.ts";
import { onCommand } from "./commands.ts";
import { debtViewOf, placeOf } from "./debt/attribution.ts";
import { close, endWithSubscription, goOnToTheEnd } from "./debt/ending.ts";
import { workNext } from "./debt/queue.ts";
import { bar, because, followUpAt, hold, startRead, type Turn, update } from "./draft/draft.ts";
import { dueStep, nextStep } from "./due-steps.ts";
import { concludeOpening, mayOpen, nothingOwed, openByHint } from "./evidence/opening.ts";
import { reconcile } from "./evidence/reconcile.ts";
import { onCancelled, onNotice } from "./notice/notice-outcome.ts";
import type { Policy } from "./policy.ts";
import { onPublished, publish } from "./reporting/publication.ts";
import { changedAttributes } from "./reporting/search-attributes.ts";
import {
  admitRequests,
  onChargeRequested,
  refuseUnknown,
  reportCharges,
} from "./requested-charge/admission.ts";
import { noteCards, noteCharge } from "./schedule/plan.ts";
import type { Decision } from "./state/decision.ts";
import type {
  DomainEvent,
  EffectFinished,
  PaymentReported,
  ReadOutcome,
  SubscriptionReported,
  WebhookEvent,
} from "./state/event.ts";
import { isPending, stateOf } from "./state/facts.ts";
import type { Mode } from "./state/outcome.ts";
import { type Evidence, isHeldStatus, standingOf } from "./state/payment.ts";
import { openingAt, type Recovery } from "./state/recovery.ts";
import { DAY_MS, type Instant } from "./values/time.ts";

/** What the worker that decides is set to. */
export type InForce = {
  readonly policy: Policy;
  readonly mode: Mode;
  /** The merchant's own systems are told what happens. Not pinned: it begins and ends with the setting. */
  readonly publishes?: boolean;
};

/** Payments that wait to be placed by a read. */
const UNPLACED_MAX = 20;

/** Steps of one decision: more would be a loop, which is a bug of ours. */
const STEPS_MAX = 10;

/**
 * What to do about one event: every transition of a recovery is made here. Pure and total: it never throws for
 * anything the world can produce, and always says why, also for doing nothing.
 *
 * @param inForce the worker's policy and mode; used only until the recovery has pinned its own
 * @param now the workflow's time
 */
export function decide(
  recovery: Recovery,
  event: DomainEvent,
  inForce: InForce,
  now: Instant,
): Decision {
  const policy = recovery.policy ?? inForce.policy;
  const mode = recovery.mode ?? inForce.mode;
  const turn: Turn = {
    now,
    policy,
    event,
    readBegunAt: null,
    recovery: { ...recovery, policy, mode },
    effects: [],
    rule: "event.ignored",
    reasons: [],
  };
  onEvent(turn, event);
  goOn(turn);
  runDueSteps(turn);
  reportCharges(turn, recovery);
  if (inForce.publishes === true) publish(turn, recovery);
  return conclude(turn, recovery);
}

function onEvent(turn: Turn, event: DomainEvent): void {
  switch (event.kind) {
    case "payment_reported":
    case "subscription_reported":
    case "dodo_dunning_reported":
      onWebhook(turn, event);
      return;
    case "timer_fired":
      turn.rule = "timer.nothing_due";
      return;
    case "command":
      onCommand(turn, event);
      return;
    case "charge_requested":
      onChargeRequested(turn, event);
      return;
    case "cancel_requested":
      onCancelRequested(turn);
      return;
    case "read_finished":
    case "charge_finished":
    case "notice_finished":
    case "link_finished":
    case "cancel_finished":
    case "operator_told":
    case "published":
    case "charge_reported":
    case "effect_failed":
      onEffectFinished(turn, event);
      return;
    default:
      // A newer gateway may send what this version does not know.
      because(
        turn,
        "event.ignored",
        `unknown event ${JSON.stringify((event as DomainEvent).kind)}`,
      );
  }
}

function onWebhook(turn: Turn, event: WebhookEvent): void {
  const { debt, opening } = turn.recovery;
  if (event.kind === "dodo_dunning_reported") {
    if (debt === null && opening === null) {
      because(turn, "event.ignored", `${event.type}: nothing is owed here`);
      return;
    }
    onDodoDunning(turn, event.type);
    return;
  }
  if (event.kind === "subscription_reported") noteGrace(turn, event);
  if (debt === null) {
    if (opening === null && !reopens(turn.recovery, event)) {
      because(turn, "event.ignored", `${event.type}: nothing is owed here any more`);
      return;
    }
    openByHint(turn, event.kind === "payment_reported" ? event.payment : null, event.type);
    return;
  }
  if (event.kind === "subscription_reported") {
    because(turn, "subscription.hint", `${event.type}: ${event.status ?? "no status"}`);
    startRead(turn, event.type);
    return;
  }
  because(
    turn,
    "payment.known",
    `${event.type}: ${event.payment.paymentId} is ${event.payment.status}`,
  );
  noteCards(turn, [event.payment]);
  noteCharge(turn, event.payment);
  if (wantsRead(turn, event)) readToPlace(turn, event);
  else reconcile(turn, [event.payment], false);
}

/**
 * Whose a payment is may want a read: the gateway knows no policy, so that a webhook lacks the `debt_key`; and a success
 * for something else is told from the status that it left the subscription in.
 */
function wantsRead({ recovery, policy }: Turn, { payment }: PaymentReported): boolean {
  const view = debtViewOf(recovery);
  if (view === null) return false;
  const { kind } = placeOf(payment, view);
  const isForeign = kind === "foreign" || kind === "collection";
  const isElsewhere = kind === "other_debt" && standingOf(payment) === "succeeded";
  const isPresumed = kind === "foreign" && view.foreignCharges === "new_debt";
  return isElsewhere || isPresumed || (policy.debtKey !== null && isForeign);
}

function readToPlace(turn: Turn, { payment: { paymentId } }: PaymentReported): void {
  const { unplaced } = turn.recovery;
  if (!unplaced.includes(paymentId)) {
    update(turn, { unplaced: [...unplaced, paymentId].slice(-UNPLACED_MAX) });
  }
  startRead(turn, `what ${paymentId} is for`);
}

/** Only webhooks tell a grace period's end. */
function noteGrace(turn: Turn, { status, graceEndsAt }: SubscriptionReported): void {
  if (status === "past_due" && graceEndsAt != null && graceEndsAt > turn.now) {
    update(turn, { graceEndsAt });
  }
}

/** After its debt ended a run may stay open for a notice: a new failure is looked at all the same. */
function reopens(recovery: Recovery, event: WebhookEvent): boolean {
  if (recovery.ended.length === 0) return true;
  if (event.kind === "payment_reported") return mayOpen(recovery, event.payment);
  return event.kind === "subscription_reported" && isHeldStatus(event.status);
}

function onEffectFinished(turn: Turn, event: EffectFinished): void {
  const pending = turn.recovery.pending[event.effectId];
  if (pending === undefined) {
    because(turn, "payment.known", `effect ${event.effectId} is not awaited`);
    return;
  }
  const { [event.effectId]: _, ...rest } = turn.recovery.pending;
  update(turn, { pending: rest });
  switch (event.kind) {
    case "read_finished":
      turn.readBegunAt = pending.since;
      onRead(turn, event.outcome);
      return;
    case "charge_finished":
      onChargeFinished(turn, event.effectId, event.outcome);
      return;
    case "notice_finished":
      onNotice(turn, event.outcome);
      return;
    case "link_finished":
      onLinkFinished(turn, event.outcome);
      return;
    case "cancel_finished":
      onCancelled(turn, event.outcome);
      return;
    case "operator_told":
      because(
        turn,
        "operator.told",
        event.delivered ? "the operator was told" : "no mail could be sent to the operator",
      );
      return;
    case "published":
      onPublished(turn, event.handedOver);
      return;
    case "charge_reported":
      because(
        turn,
        "asked.told",
        event.delivered
          ? "who asked for the charge was told"
          : "nobody follows the charge any more",
      );
      return;
    case "effect_failed":
      because(turn, "effect.failed", `${pending.kind}: ${event.detail}`);
      hold(turn, "effect_failed", pending.kind);
      if (pending.kind === "read") keepWatchAhead(turn);
      return;
  }
}

function onRead(turn: Turn, outcome: ReadOutcome): void {
  if (outcome.kind === "refused") {
    if (outcome.httpStatus === 404 && isOnlyAsked(turn.recovery)) {
      refuseUnknown(turn);
      return nothingOwed(turn, "asked.refused", "Dodo knows no such subscription");
    }
    because(turn, "dodo.refused", `${outcome.code} (HTTP ${outcome.httpStatus})`);
    hold(turn, "refused_request", outcome.code);
    keepWatchAhead(turn);
    return;
  }
  const { evidence } = outcome;
  takeIn(turn, evidence);
  if (turn.recovery.debt === null) {
    for (const id of evidence.barredMethods ?? []) bar(turn, id);
  }
  noteCards(turn, evidence.payments);
  admitRequests(turn, evidence.subscription);
  because(turn, "payment.known", `Dodo was read: ${evidence.subscription.status ?? "no status"}`);
  if (turn.recovery.opening !== null) concludeOpening(turn, evidence);
  else if (turn.recovery.debt !== null) concludeRead(turn, evidence);
  // An opening has its own second look, and no earlier.
  if (turn.recovery.opening !== null) update(turn, { rereadWanted: false });
  else if (turn.recovery.rereadWanted) startRead(turn, "something happened meanwhile");
  keepWatchAhead(turn);
}

/** Nothing but a charge that was asked of us has brought us here. */
function isOnlyAsked({ debt, opening, queue, requests }: Recovery): boolean {
  const isTold = opening === null || opening.reported.length > 0;
  return debt === null && !isTold && queue.length === 0 && requests.length > 0;
}

/** However a read ended: the next one is never at once. */
function keepWatchAhead(turn: Turn): void {
  const { watch } = turn.recovery;
  if (watch === null || watch.nextAt > turn.now || isPending(turn.recovery, "read")) return;
  const reads = watch.reads + 1;
  update(turn, { watch: { ...watch, reads, nextAt: followUpAt(turn, reads) } });
}

/** The read's facts, before anything is concluded from them. */
function takeIn(turn: Turn, evidence: Evidence): void {
  const { subscription, payments, readAt } = evidence;
  const month = turn.now - 30 * DAY_MS;
  update(turn, {
    subscription,
    readAt,
    ...(subscription.status === "past_due" ? {} : { graceEndsAt: null }),
    heldSeen: turn.recovery.heldSeen || isHeldStatus(subscription.status),
    unplaced: turn.recovery.unplaced.filter(
      (id) => !payments.some(({ paymentId }) => paymentId === id),
    ),
    recentChargesAt: payments
      .filter(({ createdAt, totalMinor }) => createdAt > month && totalMinor > 0)
      .map(({ createdAt }) => createdAt)
      .slice(-12),
  });
}

function concludeRead(turn: Turn, evidence: Evidence): void {
  const { subscription, payments } = evidence;
  takeUpAsked(turn, evidence);
  reconcile(turn, payments, true);
  endWithSubscription(turn, subscription);
}

function onCancelRequested(turn: Turn): void {
  if (turn.recovery.debt === null && turn.recovery.opening === null) {
    because(turn, "event.ignored", "cancel: nothing is owed here any more");
    return;
  }
  if (turn.recovery.paid !== null || turn.recovery.closing !== null) {
    because(turn, "event.ignored", "cancel: it is ending already");
    return;
  }
  close(turn, {
    outcome: "written_off",
    scope: "subscription",
    by: "operator",
    who: "Temporal Cancel",
    rule: "operator.command",
    reason: "the workflow was cancelled in Temporal",
  });
}

/** What holds after every step: what is over ends, and the next debt is worked. */
function goOn(turn: Turn): void {
  goOnToTheEnd(turn);
  workNext(turn);
  const { debt, opening, requests } = turn.recovery;
  // What it was asked for while something else ended is looked at anew.
  if (debt === null && opening === null && requests.length > 0) {
    update(turn, { opening: openingAt(turn.now) });
  }
}

/** Does what is due now; what each step changes may make the next one due. */
function runDueSteps(turn: Turn): void {
  for (let count = 0; count < STEPS_MAX; count += 1) {
    const step = dueStep(turn.recovery, turn.policy, turn.now);
    if (step === null) return;
    const { rule } = turn;
    step.run(turn);
    goOn(turn);
    // The event's own rule stays the decision's; a step names it only where the event did nothing.
    if (rule !== "timer.nothing_due" && rule !== "event.ignored") turn.rule = rule;
  }
}

function conclude(turn: Turn, before: Recovery): Decision {
  const after: Recovery = { ...turn.recovery, state: stateOf(turn.recovery) };
  const next = nextStep(after, turn.policy);
  const attributes = changedAttributes(before, after);
  return {
    changes: changesOf(before, after),
    effects: turn.effects,
    // A wake-up always lies ahead, even where a step could not be made.
    wakeAt: next === null ? null : Math.max(next.at, turn.now + 1),
    waitingFor: next?.what ?? "an event",
    rule: turn.rule,
    reason: turn.reasons.join("; ") || "nothing was due",
    ...(attributes === null ? {} : { attributes }),
  };
}

function changesOf(before: Recovery, after: Recovery): Partial<Recovery> {
  const changed = Object.entries(after).filter(([name, value]) => {
    const was: unknown = before[name as keyof Recovery];
    return was !== value && JSON.stringify(was) !== JSON.stringify(value);
  });
  return Object.fromEntries(changed);
}
