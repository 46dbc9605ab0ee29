import type { ChargeOutcome } from "../state/event.ts";
import type { Outcome } from "../state/outcome.ts";
import { describeAnswer } from "../values/dodo-answer.ts";
import { formatInstant, type Instant } from "../values/time.ts";
import type { AttemptProof, Collected, DebtProof, Proof } from "./proof.ts";

/** A proof as the operator API and `reprise proof --json` give it; server/api/recoveries/proof-routes.ts describes the fields. */
export type ProofBody = {
  subscription_id: string;
  as_of: string;
  agree: boolean;
  findings: { kind: string; detail: string }[];
  runs: number;
  debts: DebtBody[];
};

type DebtBody = {
  debt_id: string;
  first_failed_at: string | null;
  currency: string | null;
  owed: number | null;
  outcome: Outcome | null;
  by: string | null;
  rule: string | null;
  reason: string | null;
  ended_at: string | null;
  attempts: AttemptBody[];
  collected: CollectedBody;
  collected_at_dodo: CollectedBody;
};

type AttemptBody = {
  number: number;
  key: string;
  at: string;
  request: { amount: number | null; currency: string; via: "charge" | "manual_retry" };
  rule: string;
  reason: string;
  answer: AnswerBody | null;
  at_dodo: { payment_id: string; status: string | null; total: number | null }[];
};

type AnswerBody = {
  kind: ChargeOutcome["kind"];
  payment_id: string | null;
  detail: string | null;
};

type CollectedBody = { amount: number; payment_ids: string[] };

/** @param at when the proof was made */
export function proofBodyOf(subscriptionId: string, proof: Proof, at: Instant): ProofBody {
  return {
    subscription_id: subscriptionId,
    as_of: formatInstant(at),
    agree: proof.findings.length === 0,
    findings: [...proof.findings],
    runs: proof.runs,
    debts: proof.debts.map(debtBody),
  };
}

function debtBody(debt: DebtProof): DebtBody {
  const { debtId, firstFailedAt, currency, owedMinor, end } = debt;
  return {
    debt_id: debtId,
    first_failed_at: firstFailedAt === null ? null : formatInstant(firstFailedAt),
    currency,
    owed: owedMinor,
    outcome: end?.outcome ?? null,
    by: end?.by ?? null,
    rule: end?.rule ?? null,
    reason: end?.reason ?? null,
    ended_at: end === null ? null : formatInstant(end.endedAt),
    attempts: debt.attempts.map(attemptBody),
    collected: collectedBody(debt.collected),
    collected_at_dodo: collectedBody(debt.collectedAtDodo),
  };
}

function attemptBody(attempt: AttemptProof): AttemptBody {
  const { number, key, at, amountMinor, currency, via, rule, reason, outcome, atDodo } = attempt;
  return {
    number,
    key,
    at: formatInstant(at),
    request: { amount: amountMinor, currency, via: via ?? "charge" },
    rule,
    reason,
    answer: outcome === null ? null : answerBody(outcome),
    at_dodo: atDodo.map(({ paymentId, dodoStatus, totalMinor }) => ({
      payment_id: paymentId,
      status: dodoStatus,
      total: totalMinor,
    })),
  };
}

function answerBody(outcome: ChargeOutcome): AnswerBody {
  const { kind } = outcome;
  switch (kind) {
    case "accepted": {
      const detail = outcome.adopted ? "found under the key; no request was sent" : null;
      return { kind, payment_id: outcome.paymentId, detail };
    }
    case "refused":
      return { kind, payment_id: null, detail: describeAnswer(outcome) };
    case "not_attempted":
      return { kind, payment_id: null, detail: `${outcome.why}: ${outcome.detail}` };
    case "unknown":
      return { kind, payment_id: null, detail: outcome.detail };
  }
}

function collectedBody({ amountMinor, paymentIds }: Collected): CollectedBody {
  return { amount: amountMinor, payment_ids: [...paymentIds] };
}
