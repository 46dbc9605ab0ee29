import { z } from "zod";
import type { AttemptProof, Collected, DebtProof } from "../../../domain/reporting/proof.ts";
import type { ChargeOutcome } from "../../../domain/state/event.ts";
import { OUTCOMES } from "../../../domain/state/outcome.ts";
import { describeAnswer } from "../../../domain/values/dodo-answer.ts";
import { formatInstant } from "../../../domain/values/time.ts";
import type { ApiScope } from "../api-scope.ts";
import { problemAnswer } from "../problem.ts";
import type { DatedProof, Proofs } from "./proofs.ts";
import { subscriptionIdOf, subscriptionParams } from "./recovery-routes.ts";

const instant = z.iso.datetime();
const minor = z.int().describe("In the currency's smallest unit.");

const attemptSchema = z.object({
  number: z.int(),
  key: z.string().describe("`recovery_attempt` in the metadata of its payment."),
  at: instant,
  request: z.object({
    amount: minor
      .nullable()
      .describe("Without the tax that Dodo adds; null for a manual retry, if it is unknown."),
    currency: z.string(),
    via: z.enum(["charge", "manual_retry"]),
  }),
  rule: z.string().describe("The rule that allowed the attempt."),
  reason: z.string(),
  answer: z
    .object({
      kind: z.enum(["accepted", "refused", "not_attempted", "unknown"]),
      payment_id: z.string().nullable(),
      detail: z.string().nullable(),
    })
    .nullable()
    .describe("Dodo's answer as Temporal recorded it; null while the charge is in flight."),
  at_dodo: z
    .array(
      z.object({ payment_id: z.string(), status: z.string().nullable(), total: minor.nullable() }),
    )
    .describe("The payments that Dodo lists under this key now."),
});

const collectedSchema = z.object({ amount: minor, payment_ids: z.array(z.string()) });

const debtSchema = z.object({
  debt_id: z.string(),
  first_failed_at: instant.nullable(),
  currency: z.string().nullable(),
  owed: minor.nullable().describe("Including tax; null if no decision names the amount."),
  outcome: z.enum(OUTCOMES).nullable().describe("Null while the debt is open."),
  by: z.string().nullable(),
  rule: z.string().nullable().describe("The rule that ended the debt."),
  reason: z.string().nullable(),
  ended_at: instant.nullable(),
  attempts: z.array(attemptSchema),
  collected: collectedSchema.describe("According to Temporal's history alone."),
  collected_at_dodo: collectedSchema.describe("According to Dodo's list alone."),
});

const proofSchema = z
  .object({
    subscription_id: z.string(),
    as_of: instant,
    agree: z.boolean().describe("Whether Temporal and Dodo agree and nothing was collected twice."),
    findings: z.array(z.object({ kind: z.string(), detail: z.string() })),
    runs: z.int().describe("Number of workflow runs of the recovery."),
    debts: z.array(debtSchema),
  })
  .meta({ id: "Proof" });

/** The proof of a recovery: amounts owed, charged and collected, from Temporal's histories and from Dodo's list. */
export function addProofRoutes(api: ApiScope, proofs: Proofs): void {
  api.get(
    "/recoveries/:subscription_id/proof",
    {
      schema: {
        tags: ["Recoveries"],
        summary:
          "Get the proof of what was owed, charged and collected, according to Temporal and Dodo",
        description:
          "A worker reads Dodo and makes the proof. It may be up to 30 seconds old. 503: it is not ready yet; repeat the request.",
        params: subscriptionParams,
        response: { 200: proofSchema, default: problemAnswer },
      },
    },
    async ({ params }) => {
      const subscriptionId = subscriptionIdOf(params);
      return bodyOf(subscriptionId, await proofs.read(subscriptionId));
    },
  );
}

function bodyOf(subscriptionId: string, { at, proof }: DatedProof): z.infer<typeof proofSchema> {
  return {
    subscription_id: subscriptionId,
    as_of: formatInstant(at),
    agree: proof.findings.length === 0,
    findings: [...proof.findings],
    runs: proof.runs,
    debts: proof.debts.map(debtBody),
  };
}

function debtBody(debt: DebtProof): z.infer<typeof debtSchema> {
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

function attemptBody(attempt: AttemptProof): z.infer<typeof attemptSchema> {
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

function answerBody(outcome: ChargeOutcome): NonNullable<z.infer<typeof attemptSchema>["answer"]> {
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

function collectedBody({ amountMinor, paymentIds }: Collected): z.infer<typeof collectedSchema> {
  return { amount: amountMinor, payment_ids: [...paymentIds] };
}
