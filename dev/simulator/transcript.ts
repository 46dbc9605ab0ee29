import { describeAlert } from "../../domain/state/alert.ts";
import { describeMoney, money } from "../../domain/values/money.ts";
import type { Instant } from "../../domain/values/time.ts";
import type { ModelPayment } from "../model/ledger.ts";
import { formatStoryTime } from "../model/story-day.ts";
import { type Violation, VIOLATIONS } from "./oracle/violation.ts";
import type { SimulationRun } from "./simulation-run.ts";

type Line = { readonly at: Instant; readonly text: string };

/** A run as text: what happened, in order of time, and which invariants it violated. */
export function transcriptOf(run: SimulationRun, violations: readonly Violation[]): string {
  const lines = [
    ...requestsOf(run),
    ...paymentsOf(run),
    ...decisionsOf(run),
    ...messagesOf(run),
    ...violations.flatMap(({ name, at, detail }) =>
      at === null ? [] : [{ at, text: `!! ${name}: ${detail}` }],
    ),
  ];
  const sorted = lines.toSorted((a, b) => a.at - b.at);
  const ends = run.world.results.flatMap(({ debts }) =>
    debts.map(
      ({ debtId, outcome, by, rule }) =>
        `end: ${debtId ?? "-"} ${outcome} by ${by ?? "-"} (${rule})`,
    ),
  );
  const violated = violations.map(({ name, detail }) => `${name}: ${VIOLATIONS[name]} [${detail}]`);
  const verdict =
    violated.length === 0 ? ["No invariant was violated."] : ["Violated invariants:", ...violated];
  return [
    ...sorted.map(({ at, text }) => `${formatStoryTime(at)}  ${text}`),
    ...ends,
    ...verdict,
  ].join("\n");
}

function requestsOf({ dodo }: SimulationRun): Line[] {
  return dodo.mutations.map(({ at, what, requested, paymentId, answer }) => {
    const request = requested?.key == null ? what : `${what} ${requested.key}`;
    const answered =
      typeof answer === "string" ? `answer ${answer}` : `${answer.httpStatus} ${answer.code}`;
    return { at, text: `request: ${request} → ${paymentId ?? "no payment"}, ${answered}` };
  });
}

function paymentsOf({ dodo }: SimulationRun): Line[] {
  return dodo.payments.flatMap((payment) => [
    { at: payment.createdAt, text: `${describePayment(payment)} created by ${payment.origin}` },
    ...payment.ends.map(({ at, status, declineCode }) => ({
      at,
      text: `${payment.paymentId} ${status} ${declineCode ?? ""}`.trimEnd(),
    })),
  ]);
}

function describePayment({ paymentId, totalMinor, currency, methodId }: ModelPayment): string {
  return `${paymentId} (${describeMoney(money(totalMinor, currency))}, ${methodId})`;
}

function decisionsOf({ world }: SimulationRun): Line[] {
  return world.decisions.map(({ at, event, decision }) => {
    const effects = decision.effects.map(({ kind }) => kind).join(", ");
    const state = decision.changes.state === undefined ? "" : ` → ${decision.changes.state}`;
    const started = effects === "" ? "" : ` [${effects}]`;
    const webhook = "type" in event ? ` ${event.type}` : "";
    return { at, text: `   ${event.kind}${webhook}: ${decision.reason}${started}${state}` };
  });
}

function messagesOf({ world }: SimulationRun): Line[] {
  return [
    ...world.mails.map(({ at, key }) => ({ at, text: `mail ${key}` })),
    ...world.alerts.map((alert) => ({
      at: alert.at,
      text: `operator alert ${alert.cause}: ${describeAlert(alert)}`,
    })),
  ];
}
