import { visibleIn } from "../../domain/values/visible-text.ts";
import { describeAmount } from "../../domain/values/money.ts";
import type { ProofAnswer } from "../gateway/answers.ts";
import { instantText } from "./values.ts";

type Debt = ProofAnswer["debts"][number];
type Attempt = Debt["attempts"][number];
type Collected = Debt["collected"];

/** A proof as text: for each debt its attempts with key, request, evidence and rule, then the sums; then the verdict. */
export function formatProof(answer: ProofAnswer): string {
  // A terminal would obey control characters.
  const { subscription_id: subscriptionId, runs, debts, findings } = visibleIn(answer);
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

function debtLines(debt: Debt): string[] {
  const { debt_id: debtId, first_failed_at: failedAt, outcome, by, rule, reason } = debt;
  const since = failedAt === null ? "" : `, failed ${instantText(failedAt)}`;
  const end =
    outcome === null
      ? "open"
      : `${outcome}${by === null ? "" : ` by ${by}`} (${rule ?? ""}: ${reason ?? ""})`;
  return [
    `debt ${debtId}${since}`,
    ...debt.attempts.flatMap(attemptLines),
    `  ${end}`,
    ...sumLines(debt),
  ];
}

function attemptLines(attempt: Attempt): string[] {
  const { number, at, request, key, rule, reason, answer, at_dodo: atDodo } = attempt;
  const sent =
    request.via === "charge"
      ? `${amount(request.amount, request.currency)} with key ${key}`
      : "Dodo's manual retry";
  const payments = atDodo.map(
    ({ payment_id: paymentId, status }) => `${paymentId} (${status ?? "no status"})`,
  );
  return [
    `  attempt ${number}, ${instantText(at)}: ${sent}`,
    `    decided by ${rule}: ${reason}`,
    `    result: ${resultText(answer)}`,
    `    payments at Dodo with this key: ${payments.length === 0 ? "none" : payments.join(", ")}`,
  ];
}

function resultText(answer: Attempt["answer"]): string {
  if (answer === null) return "in flight";
  const detail = answer.detail ?? "";
  switch (answer.kind) {
    case "accepted":
      return `${answer.payment_id ?? ""}${detail === "" ? "" : `, ${detail}`}`;
    case "refused":
      return `refused with ${detail}`;
    case "not_attempted":
      return `nothing was sent: ${detail}`;
    default:
      return `${answer.kind}: ${detail}`;
  }
}

function sumLines({ currency, owed, collected, collected_at_dodo: atDodo }: Debt): string[] {
  const sum = (one: Collected): string =>
    `${amount(one.amount, currency)} in ${count(one.payment_ids.length, "payment")}`;
  const byHistory = `  owed ${amount(owed, currency)}, collected ${sum(collected)}`;
  const isSame =
    collected.amount === atDodo.amount &&
    collected.payment_ids.length === atDodo.payment_ids.length;
  return isSame
    ? [byHistory]
    : [`${byHistory} by Temporal's history`, `  and ${sum(atDodo)} by Dodo's list`];
}

const amount = (amountMinor: number | null, currency: string | null): string =>
  describeAmount(amountMinor, currency ?? "XXX");
