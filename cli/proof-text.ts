import type { AttemptProof, Collected, DebtProof, Proof } from "../domain/reporting/proof.ts";
import type { ChargeOutcome } from "../domain/state/event.ts";
import { describeMoney, money } from "../domain/values/money.ts";
import { describeInstant } from "../domain/values/time.ts";

/** A proof for a person: each attempt with its key, its request, its evidence and its rule; then the sum. */
export function proofText(subscriptionId: string, { runs, debts, findings }: Proof): string {
  const head = `${subscriptionId}: ${count(debts.length, "debt")} in ${count(runs, "run")} of its recovery`;
  const cry =
    findings.length === 0
      ? ["Temporal and Dodo agree."]
      : [
          "NOT PROVEN:",
          ...findings.map(({ kind, detail }) => `  ${kind.replaceAll("_", " ")}: ${detail}`),
        ];
  return [head, "", ...debts.flatMap((debt) => [...debtLines(debt), ""]), ...cry].join("\n");
}

const count = (number: number, what: string): string =>
  `${number} ${what}${number === 1 ? "" : "s"}`;

function debtLines(debt: DebtProof): string[] {
  const { debtId, firstFailedAt, end, attempts } = debt;
  const since = firstFailedAt === null ? "" : `, failed ${describeInstant(firstFailedAt)}`;
  const fate =
    end === null
      ? "open"
      : `${end.outcome}${end.by === null ? "" : ` by ${end.by}`} (${end.rule}: ${end.reason})`;
  return [
    `debt ${debtId}${since}`,
    ...attempts.flatMap(attemptLines),
    `  ${fate}`,
    ...sumLines(debt),
  ];
}

function attemptLines(attempt: AttemptProof): string[] {
  const { number, at, amountMinor, currency, key, rule, reason, outcome, via, atDodo } = attempt;
  const asked =
    via === null ? `${amount(amountMinor, currency)} under ${key}` : "Dodo's manual retry";
  const shown = atDodo.map(
    ({ paymentId, dodoStatus }) => `${paymentId} is ${dodoStatus ?? "without a status"}`,
  );
  return [
    `  attempt ${number}, ${describeInstant(at)}: ${asked}`,
    `    allowed by ${rule}: ${reason}`,
    `    answered: ${answerOf(outcome)}`,
    `    at Dodo under this key: ${shown.length === 0 ? "nothing" : shown.join(", ")}`,
  ];
}

function answerOf(outcome: ChargeOutcome | null): string {
  switch (outcome?.kind) {
    case undefined:
      return "not yet";
    case "accepted":
      return `${outcome.paymentId}${outcome.adopted ? ", found under the key; nothing was sent" : ""}`;
    case "refused":
      return `refused, ${outcome.code} (HTTP ${outcome.httpStatus})`;
    case "not_attempted":
      return `nothing was sent: ${outcome.why}, ${outcome.detail}`;
    case "unknown":
      return `unknown: ${outcome.detail}`;
  }
}

function sumLines({ currency, owedMinor, collected, collectedAtDodo }: DebtProof): string[] {
  const owed = owedMinor === null ? "an amount that is not known" : amount(owedMinor, currency);
  const got = (one: Collected): string =>
    `${amount(one.amountMinor, currency)} in ${count(one.paymentIds.length, "payment")}`;
  const isSame = got(collected) === got(collectedAtDodo);
  const mine = `  owed ${owed}, collected ${got(collected)}`;
  return isSame
    ? [mine]
    : [`${mine} by Temporal's history`, `  and ${got(collectedAtDodo)} by Dodo's list`];
}

const amount = (amountMinor: number, currency: string | null): string =>
  describeMoney(money(amountMinor, currency ?? "XXX"));
