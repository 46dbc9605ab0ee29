import { z } from "zod";
import { proofBodyOf } from "../../../domain/reporting/proof-body.ts";
import { OUTCOMES } from "../../../domain/state/outcome.ts";
import type { ApiScope } from "../api-scope.ts";
import { problemAnswer } from "../problem.ts";
import type { Proofs } from "./proofs.ts";
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

export const proofSchema = z
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
      const { proof, at } = await proofs.read(subscriptionId);
      return proofBodyOf(subscriptionId, proof, at);
    },
  );
}
