import { z } from "zod";
import {
  isBelowMinimum,
  MAXIMUM_MINOR,
} from "../../../domain/requested-charge/requested-charge.ts";
import { OUTCOMES } from "../../../domain/state/outcome.ts";
import {
  CHARGE_REFUSALS,
  CHARGE_STATES,
  type RequestedCharge,
  type RequestedChargeStatus,
} from "../../../domain/state/requested-charge.ts";
import { type DebtId, parseChargeId } from "../../../domain/values/ids.ts";
import { formatInstant } from "../../../domain/values/time.ts";
import type { ApiScope } from "../api.ts";
import { fingerprintOf, idempotencyHeaders, sha256 } from "../idempotency.ts";
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
      .describe("In the currency's smallest unit, net of tax that Dodo adds on top."),
    currency: z
      .string()
      .regex(/^[A-Z]{3}$/)
      .optional()
      .describe("The subscription's; another one is refused."),
    description: z.string().min(1).max(1_000).optional(),
    adaptive_currency_fees_inclusive: z.boolean().optional(),
    customer_balance_config: z
      .strictObject({
        allow_customer_credits_purchase: z.boolean().optional(),
        allow_customer_credits_usage: z.boolean().optional(),
      })
      .optional()
      .describe("Dodo's wallet; without it, it is not used."),
    metadata: metadataSchema().optional(),
  })
  .refine(({ amount, currency }) => currency === undefined || !isBelowMinimum(amount, currency), {
    error: "less than Dodo charges in this currency",
    path: ["amount"],
  })
  .meta({
    examples: [{ amount: 2_900, description: "October", metadata: { invoice_id: "1042" } }],
  });

const takenSchema = z
  .object({ charge_id: z.string(), subscription_id: z.string(), amount: z.int() })
  .meta({ id: "ChargeTaken" });

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
  "202 once the charge is taken; its end is `GET /v1/charges/{charge_id}`.",
  "While another debt is open it waits its turn. Declined, it becomes a recovery.",
  "503: it is kept and not decided yet; ask again with the same key.",
].join(" ");

/** The merchant's own charges through us: taken once for each key, and followed to their end. */
export function addChargeRoutes(api: ApiScope, charges: Charges): void {
  api.post(
    "/subscriptions/:subscription_id/charges",
    {
      schema: {
        tags: ["Charges"],
        summary: "Charge an on-demand subscription, once for each Idempotency-Key",
        description: CHARGE_DESCRIPTION,
        params: subscriptionParams,
        headers: idempotencyHeaders,
        body: chargeBody,
        response: { 202: takenSchema, default: problemAnswer },
      },
    },
    async ({ params, headers, body, operator }, reply) => {
      const subscriptionId = subscriptionIdOf(params);
      const chargeId = chargeIdOf(subscriptionId, headers["idempotency-key"]);
      const fingerprint = fingerprintOf(body);
      const charge = askedOf(body);
      await charges.ask({ chargeId, subscriptionId, charge, fingerprint, by: operator });
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
        summary: "A charge that was asked for: its state and outcome",
        params: z.object({ charge_id: z.string() }),
        response: { 200: chargeSchema, default: problemAnswer },
      },
    },
    async ({ params }) => {
      const chargeId = parseChargeId(params.charge_id);
      if (chargeId === null) throw new Problem(404, "no_charge", "not an id of a charge");
      const { subscriptionId, standing } = await charges.view(chargeId);
      return bodyOf(chargeId, subscriptionId, standing);
    },
  );
}

/** @source contract.md, "Temporal": sha256 of subscription and key */
function chargeIdOf(subscriptionId: string, key: string): DebtId {
  const chargeId = parseChargeId(`charge-${sha256(`${subscriptionId}\n${key}`)}`);
  if (chargeId === null) throw new Error("a digest is not what it should be");
  return chargeId;
}

function askedOf(body: z.infer<typeof chargeBody>): RequestedCharge {
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
  standing: RequestedChargeStatus | null,
): z.infer<typeof chargeSchema> {
  return {
    charge_id: chargeId,
    subscription_id: subscriptionId,
    state: standing?.state ?? "received",
    outcome: standing?.outcome ?? null,
    currency: standing?.currency ?? null,
    payment_id: standing?.paymentId ?? null,
    decline_code: standing?.declineCode ?? null,
    refusal: standing?.refusal ?? null,
    reason: standing?.reason ?? null,
    as_of: standing === null ? null : formatInstant(standing.at),
  };
}
