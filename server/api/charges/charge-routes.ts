import { z } from "zod";
import { MAXIMUM_MINOR } from "../../../domain/limits.ts";
import { isBelowMinimum } from "../../../domain/requested-charge/requested-charge.ts";
import { OUTCOMES } from "../../../domain/state/outcome.ts";
import {
  CHARGE_REFUSALS,
  CHARGE_STATES,
  type RequestedCharge,
  type RequestedChargeStatus,
} from "../../../domain/state/requested-charge.ts";
import { type DebtId, parseChargeId } from "../../../domain/values/ids.ts";
import { formatInstant } from "../../../domain/values/time.ts";
import type { ApiScope } from "../api-scope.ts";
import {
  fingerprintOf,
  idempotencyHeaders,
  requireIdempotencyKey,
  sha256,
} from "../idempotency.ts";
import { metadataSchema } from "../metadata.ts";
import { Problem, problemAnswer } from "../problem.ts";
import { subscriptionIdOf, subscriptionParams } from "../recoveries/recovery-routes.ts";
import type { Charges } from "./charges.ts";

const chargeBody = z
  .strictObject({
    amount: z
      .int()
      .positive()
      .max(MAXIMUM_MINOR)
      .describe("In the currency's smallest unit, without the tax that Dodo adds."),
    currency: z
      .string()
      .regex(/^[A-Z]{3}$/)
      .optional()
      .describe("Defaults to the subscription's currency; any other currency is refused."),
    description: z.string().min(1).max(1_000).optional(),
    adaptive_currency_fees_inclusive: z.boolean().optional(),
    customer_balance_config: z
      .strictObject({
        allow_customer_credits_purchase: z.boolean().optional(),
        allow_customer_credits_usage: z.boolean().optional(),
      })
      .optional()
      .describe("Controls Dodo's customer wallet, which is not used by default."),
    metadata: metadataSchema().optional(),
  })
  .refine(({ amount, currency }) => currency === undefined || !isBelowMinimum(amount, currency), {
    error: "below the minimum that Dodo charges in this currency",
    path: ["amount"],
  })
  .meta({
    examples: [{ amount: 2_900, description: "October", metadata: { invoice_id: "1042" } }],
  });

export const acceptedSchema = z
  .object({ charge_id: z.string(), subscription_id: z.string(), amount: z.int() })
  .meta({ id: "ChargeAccepted" });

const chargeSchema = z
  .object({
    charge_id: z.string(),
    subscription_id: z.string(),
    state: z.enum(CHARGE_STATES),
    outcome: z.enum(OUTCOMES).nullable(),
    currency: z.string().nullable(),
    payment_id: z.string().nullable(),
    decline_code: z.string().nullable(),
    refusal: z.enum(CHARGE_REFUSALS).nullable(),
    reason: z.string().nullable(),
    as_of: z.iso.datetime().nullable(),
  })
  .meta({ id: "Charge" });

const CHARGE_DESCRIPTION = [
  "Answers 202 once the charge is accepted; follow it with `GET /v1/charges/{charge_id}`.",
  "While another debt of the subscription is open, the charge is queued. A declined charge becomes a recovery.",
  "503: the charge is not accepted or refused yet; repeat the request with the same key.",
].join(" ");

/** Charges that the merchant requests: one charge per Idempotency-Key, and its status until it ends. */
export function addChargeRoutes(api: ApiScope, charges: Charges): void {
  api.post(
    "/subscriptions/:subscription_id/charges",
    {
      preValidation: requireIdempotencyKey,
      schema: {
        tags: ["Charges"],
        summary: "Charge an on-demand subscription, once per Idempotency-Key",
        description: CHARGE_DESCRIPTION,
        params: subscriptionParams,
        headers: idempotencyHeaders,
        body: chargeBody,
        response: { 202: acceptedSchema, default: problemAnswer },
      },
    },
    async (request, reply) => {
      const { params, headers, body, operator } = request;
      const subscriptionId = subscriptionIdOf(params);
      const chargeId = chargeIdOf(subscriptionId, headers["idempotency-key"]);
      request.affectedId = chargeId;
      const fingerprint = fingerprintOf(body);
      const charge = requestedChargeOf(body);
      await charges.request({ chargeId, subscriptionId, charge, fingerprint, by: operator });
      return await reply.code(202).send({
        charge_id: chargeId,
        subscription_id: subscriptionId,
        amount: charge.amountMinor,
      });
    },
  );
  api.get(
    "/charges/:charge_id",
    {
      schema: {
        tags: ["Charges"],
        summary: "Get the state and outcome of a requested charge",
        params: z.object({ charge_id: z.string().meta({ pattern: "^charge-[0-9a-f]{64}$" }) }),
        response: { 200: chargeSchema, default: problemAnswer },
      },
    },
    async ({ params }) => {
      const chargeId = parseChargeId(params.charge_id);
      if (chargeId === null)
        throw new Problem(404, "no_charge", `${params.charge_id} is not a charge id.`);
      const { subscriptionId, status } = await charges.view(chargeId);
      return bodyOf(chargeId, subscriptionId, status);
    },
  );
}

/** One id per subscription and key: it makes the request idempotent. */
function chargeIdOf(subscriptionId: string, key: string): DebtId {
  const chargeId = parseChargeId(`charge-${sha256(`${subscriptionId}\n${key}`)}`);
  if (chargeId === null) throw new Error("parseChargeId rejects a SHA-256 digest");
  return chargeId;
}

function requestedChargeOf(body: z.infer<typeof chargeBody>): RequestedCharge {
  const wallet = body.customer_balance_config;
  return {
    amountMinor: body.amount,
    currency: body.currency ?? null,
    description: body.description ?? null,
    feesInclusive: body.adaptive_currency_fees_inclusive ?? null,
    credits:
      wallet === undefined
        ? null
        : {
            usage: wallet.allow_customer_credits_usage ?? null,
            purchase: wallet.allow_customer_credits_purchase ?? null,
          },
    metadata: body.metadata ?? {},
  };
}

function bodyOf(
  chargeId: DebtId,
  subscriptionId: string,
  status: RequestedChargeStatus | null,
): z.infer<typeof chargeSchema> {
  return {
    charge_id: chargeId,
    subscription_id: subscriptionId,
    state: status?.state ?? "received",
    outcome: status?.outcome ?? null,
    currency: status?.currency ?? null,
    payment_id: status?.paymentId ?? null,
    decline_code: status?.declineCode ?? null,
    refusal: status?.refusal ?? null,
    reason: status?.reason ?? null,
    as_of: status === null ? null : formatInstant(status.at),
  };
}
