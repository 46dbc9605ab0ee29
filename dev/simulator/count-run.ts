import { SENT_EARLIER } from "../../activities/charge/earlier-runs-check.ts";
import type { Decision } from "../../domain/decision/decision.ts";
import type { RuleId } from "../../domain/rules.ts";
import type { DomainEvent } from "../../domain/state/event.ts";
import type { Recovery } from "../../domain/state/recovery.ts";
import { KEY_IN_PROGRESS } from "../model/answers/keyed-answers.ts";
import { doublesByOperator, isRefusedAsPending } from "./oracle/dead-claims.ts";
import { ledgerOf } from "./oracle/ledger.ts";
import type { SimulationRun } from "./simulation-run.ts";
import type { TallyName } from "./tally.ts";

/** Rules that are safeguards themselves. */
const SAFEGUARD_OF_RULE: Readonly<Partial<Record<RuleId, TallyName>>> = {
  "charge.unknown": "unknown_outcome",
  "charge.absent": "absence_settled",
  "payment.open": "waits_for_open_payment",
  "payment_link.open": "waits_for_open_link",
  "decline.never": "method_blocked",
  "payment.bought_again": "replacement_found",
  "payment.replaced": "replacement_found",
  "schedule.overdue": "overdue_attempt_moved",
  "schedule.unannounced": "waits_for_announcement",
};

/** Rules that count wherever they applied, also where another rule of the decision is the main one. */
const SAFEGUARD_OF_ANY_RULE: Readonly<Partial<Record<RuleId, TallyName>>> = {
  "payment.needs_customer": "waits_for_customer",
  "payment.needs_merchant": "waits_for_merchant",
  "payment.released": "payment_released",
  "payment.not_released": "release_refused",
  "price.unknown": "price_unknown",
  "price.known": "price_known_later",
  "import.customer_first": "import_asks_customer",
  "advice.attempt": "advised_attempt_taken",
  "advice.not_taken": "advised_attempt_moved",
  "advice.key_used": "advised_key_used_again",
};

/** Adds to a finished run's tally what only its ledger shows. */
export function countRun(run: SimulationRun): void {
  countRequests(run);
  countPlan(run);
  countDecisions(run);
  countDoubles(run);
  for (const { arrivals, decidedIds, decisions } of run.world.recordings ?? []) {
    const webhooks = arrivals.filter(
      (event) => typeof event !== "boolean" && "webhookId" in event,
    ).length;
    run.tally.count("duplicate_webhook_ignored", webhooks - decidedIds.length);
    const folded = decisions.filter((text) => text.includes('"earlier":'));
    run.tally.count("events_decided_together", folded.length);
  }
}

function countRequests({ dodo, link, tally }: SimulationRun): void {
  for (const { answer, paymentId, isReplayed } of dodo.mutations) {
    if (isReplayed) tally.count("stored_answer_replayed");
    if (answer === "given") continue;
    if (answer === "lost") tally.count("answer_lost");
    else if (answer.code === KEY_IN_PROGRESS.code) tally.count("key_still_processed");
    else if (answer.httpStatus < 500) tally.count("request_refused");
    else tally.count(paymentId === null ? "error_before_creation" : "error_after_creation");
  }
  for (const fault of link.injected) tally.count(`read_${fault}`);
}

function countPlan({ plan, dodo, tally }: SimulationRun): void {
  const { currency, taxInclusive, taxRate, taxMinor, listLagMs, unsettledTax } = plan.subscription;
  const charges = dodo.mutations.filter(({ what }) => what === "charge").length;
  if (listLagMs > 0) tally.count("list_lag");
  if (currency === "INR") tally.count("india_51_hours", charges);
  const isTaxed = !taxInclusive && taxRate + taxMinor > 0;
  if (isTaxed) tally.count("tax_on_top", charges);
  if (unsettledTax !== "withheld") return;
  tally.count("tax_withheld");
  if (isTaxed && !plan.requestedCharge) tally.count("price_derived", charges);
}

function countDecisions({ world, tally }: SimulationRun): void {
  let wasUnknown = false;
  for (const { decision, event, recovery } of world.decisions) {
    const safeguard = SAFEGUARD_OF_RULE[decision.rule];
    if (safeguard !== undefined) tally.count(safeguard);
    for (const rule of decision.rules) {
      const name = SAFEGUARD_OF_ANY_RULE[rule];
      if (name !== undefined) tally.count(name);
    }
    if (endsRelease(event, recovery)) tally.count("release_ended_by_dodo");
    const isUnknown = recovery.charge?.phase === "unknown";
    if (wasUnknown && !isUnknown && decision.rule !== "charge.absent") {
      tally.count("payment_found_after_unknown");
    }
    wasUnknown = isUnknown;
    if (asksAboutConflict(decision)) tally.count("repeated_conflict_asked");
    if (isStoppedByPayment(event)) tally.count("payment_found_before_charge");
    // The same read may say more about that charge, and then it is not the main rule.
    if (decision.rules.includes("charge.earlier_run")) tally.count("earlier_charge_followed");
    if (isStoppedByEarlierRun(event)) tally.count("earlier_charge_blocks");
    if (keepsDebtEnded(event, decision)) tally.count("ended_debt_stays_ended");
  }
}

/** Dodo refused the charge that the operator had asked for, and no other was sent. */
function endsRelease(event: DomainEvent, { releasedPayments }: Recovery): boolean {
  return isRefusedAsPending(event) && releasedPayments.some(({ isRefused }) => isRefused);
}

/** Payments of one debt that both succeeded because the operator was wrong are told, each time. */
function countDoubles(run: SimulationRun): void {
  const doubles = doublesByOperator(ledgerOf(run));
  run.tally.count("double_charge_by_operator", doubles.length);
  run.tally.count("double_charge_reported", doubles.filter((one) => one.isReported).length);
}

/** Dodo answered an attempt with the same conflict again, and a person is asked. */
function asksAboutConflict({ effects }: Decision): boolean {
  return effects.some(
    (effect) =>
      effect.kind === "notify_operator" &&
      effect.alert.cause === "unknown_outcome" &&
      effect.alert.answer !== undefined,
  );
}

/** The pre-charge check found a payment, and nothing was sent. */
function isStoppedByPayment(event: DomainEvent): boolean {
  return (
    event.kind === "charge_finished" &&
    event.outcome.kind === "not_attempted" &&
    event.outcome.why === "payment_exists"
  );
}

/** The check right before a charge found what a stopped run may have sent, which no read had shown. */
function isStoppedByEarlierRun(event: DomainEvent): boolean {
  if (event.kind !== "charge_finished") return false;
  const { outcome } = event;
  if (outcome.kind === "unknown") return outcome.detail === SENT_EARLIER;
  return outcome.kind === "not_attempted" && outcome.why === "earlier_charge";
}

/** A recovery was opened although its debt had ended in an earlier run, and found nothing owed. */
function keepsDebtEnded(event: DomainEvent, { rule }: Decision): boolean {
  if (event.kind !== "read_finished" || event.outcome.kind !== "read") return false;
  const { payments, endedDebts } = event.outcome.evidence;
  return (
    rule === "opening.nothing_owed" &&
    payments.some(({ paymentId }) => endedDebts.includes(paymentId))
  );
}
