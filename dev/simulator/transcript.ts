import { describeAlert } from "../../domain/state/alert.ts";
import { describeMoney, money } from "../../domain/values/money.ts";
import type { Instant } from "../../domain/values/time.ts";
import type { ModelPayment } from "../model/dodo.ts";
import { storyMoment } from "../model/story-day.ts";
import { type Finding, FINDINGS } from "./oracle/ledger.ts";
import type { Life } from "./simulation-run.ts";

type Line = { readonly at: Instant; readonly text: string };

/** What happened in a world, in plain words, and which law it broke. */
export function tell(life: Life, findings: readonly Finding[]): string {
  const lines = [
    ...charges(life),
    ...payments(life),
    ...decisions(life),
    ...mails(life),
    ...findings.flatMap(({ name, at, detail }) =>
      at === null ? [] : [{ at, text: `!! ${name}: ${detail}` }],
    ),
  ];
  const sorted = lines.toSorted((a, b) => a.at - b.at);
  const ends = life.world.results.flatMap(({ debts }) =>
    debts.map(
      ({ debtId, outcome, by, rule }) =>
        `end: ${debtId ?? "-"} ${outcome} by ${by ?? "-"} (${rule})`,
    ),
  );
  const broken = findings.map(({ name, detail }) => `${name}: ${FINDINGS[name]} [${detail}]`);
  const verdict = broken.length === 0 ? ["Every law was kept."] : ["Broken:", ...broken];
  return [...sorted.map(({ at, text }) => `${storyMoment(at)}  ${text}`), ...ends, ...verdict].join(
    "\n",
  );
}

function charges({ dodo }: Life): Line[] {
  return dodo.mutations.map(({ at, what, asked, paymentId, answer }) => {
    const key = asked?.key ?? "";
    const answered = typeof answer === "string" ? answer : `${answer.httpStatus} ${answer.code}`;
    return {
      at,
      text: `we ask: ${what} ${key} → ${paymentId ?? "no payment"}, answer ${answered}`,
    };
  });
}

function payments({ dodo }: Life): Line[] {
  return dodo.payments.flatMap((payment) => [
    { at: payment.createdAt, text: `${nameOf(payment)} is made by ${payment.origin}` },
    ...payment.ends.map(({ at, status, declineCode }) => ({
      at,
      text: `${payment.paymentId} ${status} ${declineCode ?? ""}`.trimEnd(),
    })),
  ]);
}

function nameOf({ paymentId, totalMinor, currency, methodId }: ModelPayment): string {
  return `${paymentId} (${describeMoney(money(totalMinor, currency))}, ${methodId})`;
}

function decisions({ world }: Life): Line[] {
  return world.decisions.map(({ at, event, decision }) => {
    const effects = decision.effects.map(({ kind }) => kind).join(", ");
    const state = decision.changes.state === undefined ? "" : ` → ${decision.changes.state}`;
    const does = effects === "" ? "" : ` [${effects}]`;
    const webhook = "type" in event ? ` ${event.type}` : "";
    return { at, text: `   ${event.kind}${webhook}: ${decision.reason}${does}${state}` };
  });
}

function mails({ world }: Life): Line[] {
  return [
    ...world.mails.map(({ at, key }) => ({ at, text: `mail ${key}` })),
    ...world.alerts.map((alert) => ({
      at: alert.at,
      text: `operator ${alert.cause}: ${describeAlert(alert)}`,
    })),
  ];
}
