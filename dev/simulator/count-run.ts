import { SENT_EARLIER } from "../../activities/charge/earlier-runs-check.ts";
import type { Decision } from "../../domain/decision/decision.ts";
import type { RuleId } from "../../domain/rules.ts";
import type { DomainEvent } from "../../domain/state/event.ts";
import type { SimulationRun } from "./simulation-run.ts";
import type { TallyName } from "./tally.ts";

/** Rules that are safeguards themselves. */
const SAFEGUARD_OF_RULE: Readonly<Partial<Record<RuleId, TallyName>>> = {
  "charge.unknown": "unknown_outcome",
  "charge.absent": "absence_settled",
  "payment.open": "waits_for_open_payment",
  "payment_link.open": "waits_for_open_link",
  "decline.never": "method_blocked",
  "schedule.overdue": "overdue_attempt_moved",
};

/** Adds to a finished run's tally what only its ledger shows. */
export function countRun(run: SimulationRun): void {
  countRequests(run);
  countPlan(run);
  countDecisions(run);
  for (const { events, decidedIds } of run.world.recordings ?? []) {
    const webhooks = events.filter((event) => "webhookId" in event).length;
    run.tally.count("duplicate_webhook_ignored", webhooks - decidedIds.length);
  }
}

function countRequests({ dodo, link, tally }: SimulationRun): void {
  for (const { answer, paymentId } of dodo.mutations) {
    if (answer === "given") continue;
    if (answer === "lost") tally.count("answer_lost");
    else if (answer.httpStatus < 500) tally.count("request_refused");
    else tally.count(paymentId === null ? "error_before_creation" : "error_after_creation");
  }
  for (const fault of link.injected) tally.count(`read_${fault}`);
}

function countPlan({ plan, dodo, tally }: SimulationRun): void {
  const { currency, taxInclusive, taxRate, taxMinor, listLagMs } = plan.subscription;
  const charges = dodo.mutations.filter(({ what }) => what === "charge").length;
  if (listLagMs > 0) tally.count("list_lag");
  if (currency === "INR") tally.count("india_51_hours", charges);
  if (!taxInclusive && taxRate + taxMinor > 0) tally.count("tax_on_top", charges);
}

function countDecisions({ world, tally }: SimulationRun): void {
  let wasUnknown = false;
  for (const { decision, event, recovery } of world.decisions) {
    const safeguard = SAFEGUARD_OF_RULE[decision.rule];
    if (safeguard !== undefined) tally.count(safeguard);
    const isUnknown = recovery.charge?.phase === "unknown";
    if (wasUnknown && !isUnknown && decision.rule !== "charge.absent") {
      tally.count("payment_found_after_unknown");
    }
    wasUnknown = isUnknown;
    if (isStoppedByPayment(event)) tally.count("payment_found_before_charge");
    // The same read may say more about that charge, and then it is not the main rule.
    if (decision.rules.includes("charge.earlier_run")) tally.count("earlier_charge_followed");
    if (isStoppedByEarlierRun(event)) tally.count("earlier_charge_blocks");
    if (keepsDebtEnded(event, decision)) tally.count("ended_debt_stays_ended");
  }
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
