import type { AttemptProof, Collected, DebtProof, Proof } from "../domain/reporting/proof.ts";
import type { ChargeOutcome } from "../domain/state/event.ts";
import { describeAnswer } from "../domain/values/dodo-answer.ts";
import { describeAmount } from "../domain/values/money.ts";
import { describeInstant } from "../domain/values/time.ts";
import { visibleIn } from "../domain/values/visible-text.ts";

/** A proof as text: for each debt its attempts with key, request, evidence and rule, then the sums; then the verdict. */
export function formatProof(subscriptionId: string, proof: Proof): string {
  // A terminal would obey control characters.
  const { runs, debts, findings } = visibleIn(proof);
  const head = `${subscriptionId}: ${count(debts.length, "debt")} in ${count(runs, "workflow run")}`;
  const verdict =
    findings.length === 0
      ? ["Temporal and Dodo agree."]
      : [
          "NOT PROVEN:",
          ...findings.map(({ kind, detail }) => `  ${kind.replaceAll("_", " ")}: ${detail}`),
        ];
  return [head, "", ...debts.flatMap((debt) => [...debtLines(debt), ""]), ...verdict].join("\n");
}

const count = (number: number, what: string): string =>
  `${number} ${what}${number === 1 ? "" : "s"}`;

function debtLines(debt: DebtProof): string[] {
  const { debtId, firstFailedAt, end, attempts } = debt;
  const since = firstFailedAt === null ? "" : `, failed ${describeInstant(firstFailedAt)}`;
  const outcome =
    end === null
      ? "open"
      : `${end.outcome}${end.by === null ? "" : ` by ${end.by}`} (${end.rule}: ${end.reason})`;
  return [
    `debt ${debtId}${since}`,
    ...attempts.flatMap(attemptLines),
    `  ${outcome}`,
    ...sumLines(debt),
  ];
}

function attemptLines(attempt: AttemptProof): string[] {
  const { number, at, amountMinor, currency, key, rule, reason, outcome, via, atDodo } = attempt;
  const request =
    via === null ? `${amount(amountMinor, currency)} with key ${key}` : "Dodo's manual retry";
  const payments = atDodo.map(
    ({ paymentId, dodoStatus }) => `${paymentId} (${dodoStatus ?? "no status"})`,
  );
  return [
    `  attempt ${number}, ${describeInstant(at)}: ${request}`,
    `    decided by ${rule}: ${reason}`,
    `    result: ${resultText(outcome)}`,
    `    payments at Dodo with this key: ${payments.length === 0 ? "none" : payments.join(", ")}`,
  ];
}

function resultText(outcome: ChargeOutcome | null): string {
  switch (outcome?.kind) {
    case undefined:
      return "in flight";
    case "accepted":
      return `${outcome.paymentId}${outcome.adopted ? ", found under the key; nothing was sent" : ""}`;
    case "refused":
      return `refused with ${describeAnswer(outcome)}`;
    case "not_attempted":
      return `nothing was sent: ${outcome.why}, ${outcome.detail}`;
    case "unknown":
      return `unknown: ${outcome.detail}`;
  }
}

function sumLines({ currency, owedMinor, collected, collectedAtDodo }: DebtProof): string[] {
  const sum = (one: Collected): string =>
    `${amount(one.amountMinor, currency)} in ${count(one.paymentIds.length, "payment")}`;
  const byHistory = `  owed ${amount(owedMinor, currency)}, collected ${sum(collected)}`;
  const isSame =
    collected.amountMinor === collectedAtDodo.amountMinor &&
    collected.paymentIds.length === collectedAtDodo.paymentIds.length;
  return isSame
    ? [byHistory]
    : [`${byHistory} by Temporal's history`, `  and ${sum(collectedAtDodo)} by Dodo's list`];
}

const amount = (amountMinor: number | null, currency: string | null): string =>
  describeAmount(amountMinor, currency ?? "XXX");
