import { z } from "zod";
import { MAXIMUM_MINOR } from "../../../domain/limits.ts";
import {
  MANDATE_METADATA,
  MANDATE_STATES,
  type RequestedMandate,
} from "../../../domain/mandate/mandate.ts";
import { isBelowMinimum } from "../../../domain/requested-charge/requested-charge.ts";
import { ID_PATTERN, type MandateId, parseMandateId } from "../../../domain/values/ids.ts";
import { formatInstant, type Instant } from "../../../domain/values/time.ts";
import type { ApiScope } from "../api-scope.ts";
import {
  fingerprintOf,
  idempotencyHeaders,
  requireIdempotencyKey,
  sha256,
} from "../idempotency.ts";
import { metadataSchema } from "../metadata.ts";
import { Problem, problemAnswer } from "../problem.ts";
import type { Mandates, StoredMandate } from "./mandates.ts";

const dodoId = z.string().regex(ID_PATTERN, "expected a Dodo id");

/** Far more than any cart has; it keeps a slip of the keyboard from reaching Dodo. */
const QUANTITY_MAX = 1_000_000;

/** Unknown keys get advice, because customers' names and addresses must not enter Temporal. */
const forUnknownKeys =
  (advice: string) =>
  ({ code }: { readonly code?: string }): string | undefined =>
    code === "unrecognized_keys" ? advice : undefined;

const ADVICE_CUSTOMER =
  "names and addresses are not accepted: create the customer in Dodo, and send only its customer_id";
const ADVICE_BILLING =
  "addresses are not accepted: send only the country; Dodo's checkout asks for the rest";

const mandateBody = z
  .strictObject({
    product_id: dodoId,
    customer: z
      .strictObject({ customer_id: dodoId }, { error: forUnknownKeys(ADVICE_CUSTOMER) })
      .describe("An existing customer in Dodo. Names and addresses never enter Temporal."),
    billing: z
      .strictObject(
        { country: z.string().regex(/^[A-Z]{2}$/, "expected ISO 3166-1 alpha-2") },
        { error: forUnknownKeys(ADVICE_BILLING) },
      )
      .describe("The country of the billing address; Dodo's checkout asks for the rest."),
    mandate_only: z
      .boolean()
      .describe("Whether the checkout only sets up the mandate and charges nothing."),
    amount: z
      .int()
      .positive()
      .max(MAXIMUM_MINOR)
      .optional()
      .describe(
        "Amount of the first charge, in the currency's smallest unit. Defaults to the product's price.",
      ),
    currency: z
      .string()
      .regex(/^[A-Z]{3}$/)
      .optional()
      .describe("Currency of `amount`. Defaults to the product's currency."),
    description: z.string().min(1).max(1_000).optional(),
    quantity: z
      .int()
      .positive()
      .max(QUANTITY_MAX)
      .optional()
      .describe("Of the product, such as seats. Defaults to 1."),
    adaptive_currency_fees_inclusive: z
      .boolean()
      .optional()
      .describe("Whether `amount` includes the fees of adaptive pricing, or Dodo adds them."),
    mandate_min_amount_inr_paise: z
      .int()
      .positive()
      .max(MAXIMUM_MINOR)
      .optional()
      .describe(
        "The least amount that an Indian card's mandate is registered for, in paise. Defaults to your account's, or ₹15,000.",
      ),
    return_url: z
      .url({ protocol: /^https?$/ })
      .max(2_000)
      .optional()
      .describe("Where Dodo sends the customer after the checkout."),
    metadata: metadataSchema([MANDATE_METADATA])
      .optional()
      .describe("Metadata of the subscription and of its charges."),
  })
  .refine(({ mandate_only: isMandateOnly, amount }) => !isMandateOnly || amount === undefined, {
    error: "mandate_only charges nothing: leave amount out",
    path: ["amount"],
  })
  .refine(({ amount, currency }) => currency === undefined || amount !== undefined, {
    error: "send currency only with an amount",
    path: ["currency"],
  })
  .refine(
    ({ mandate_only: isMandateOnly, adaptive_currency_fees_inclusive: feesInclusive }) =>
      !isMandateOnly || feesInclusive === undefined,
    {
      error: "mandate_only charges nothing: leave adaptive_currency_fees_inclusive out",
      path: ["adaptive_currency_fees_inclusive"],
    },
  )
  .refine(
    ({ amount, currency }) =>
      amount === undefined || currency === undefined || !isBelowMinimum(amount, currency),
    { error: "below the minimum that Dodo charges in this currency", path: ["amount"] },
  )
  .meta({
    examples: [
      {
        product_id: "pdt_1042",
        customer: { customer_id: "cus_1042" },
        billing: { country: "US" },
        mandate_only: true,
        return_url: "https://shop.example/welcome",
      },
    ],
  });

const checkoutFields = {
  mandate_id: z.string(),
  checkout_url: z
    .string()
    .nullable()
    .describe("Dodo's checkout page; null until Dodo has created it."),
  expires_at: z.iso.datetime().nullable().describe("When the checkout page expires."),
};

const acceptedSchema = z.object(checkoutFields).meta({ id: "MandateAccepted" });

const mandateSchema = z
  .object({
    ...checkoutFields,
    state: z.enum(MANDATE_STATES),
    customer_id: z.string(),
    product_id: z.string(),
    subscription_id: z
      .string()
      .nullable()
      .describe("Null until the customer has completed the checkout."),
    refusal: z.enum(["shadow", "refused_by_dodo", "not_made"]).nullable(),
    reason: z.string().nullable(),
    as_of: z.iso.datetime().nullable(),
  })
  .meta({ id: "Mandate" });

const MANDATE_DESCRIPTION = [
  "Answers 202 with the checkout page for the customer; follow the mandate with `GET /v1/mandates/{mandate_id}`.",
  "While `checkout_url` is null, Dodo has not created the page yet: repeat the request with the same key.",
].join(" ");

/** On-demand subscriptions through Dodo's checkout: one per Idempotency-Key, and its status until it ends. */
export function addMandateRoutes(api: ApiScope, mandates: Mandates): void {
  api.post(
    "/subscriptions",
    {
      preValidation: requireIdempotencyKey,
      schema: {
        tags: ["Mandates"],
        summary: "Set up an on-demand subscription, once per Idempotency-Key",
        description: MANDATE_DESCRIPTION,
        headers: idempotencyHeaders,
        body: mandateBody,
        response: { 202: acceptedSchema, default: problemAnswer },
      },
    },
    async (request, reply) => {
      const { headers, body, operator } = request;
      const mandateId = mandateIdOf(headers["idempotency-key"]);
      request.affectedId = mandateId;
      const fingerprint = fingerprintOf(body);
      const mandate = requestedMandateOf(body);
      const status = await mandates.request({ mandateId, mandate, fingerprint, by: operator });
      return await reply.code(202).send({
        mandate_id: mandateId,
        checkout_url: status?.checkoutUrl ?? null,
        expires_at: instantOrNull(status?.payableUntil),
      });
    },
  );
  api.get(
    "/mandates/:mandate_id",
    {
      schema: {
        tags: ["Mandates"],
        summary: "Get the state, checkout page and subscription of a mandate",
        params: z.object({ mandate_id: z.string().meta({ pattern: "^mandate-[0-9a-f]{64}$" }) }),
        response: { 200: mandateSchema, default: problemAnswer },
      },
    },
    async ({ params }) => {
      const mandateId = parseMandateId(params.mandate_id);
      if (mandateId === null)
        throw new Problem(404, "no_mandate", `${params.mandate_id} is not a mandate id.`);
      return bodyOf(mandateId, await mandates.view(mandateId));
    },
  );
}

/** One id per key: it makes the request idempotent. */
function mandateIdOf(key: string): MandateId {
  const mandateId = parseMandateId(`mandate-${sha256(key)}`);
  if (mandateId === null) throw new Error("parseMandateId rejects a SHA-256 digest");
  return mandateId;
}

function requestedMandateOf(body: z.infer<typeof mandateBody>): RequestedMandate {
  return {
    productId: body.product_id,
    customerId: body.customer.customer_id,
    country: body.billing.country,
    mandateOnly: body.mandate_only,
    amountMinor: body.amount ?? null,
    currency: body.currency ?? null,
    description: body.description ?? null,
    returnUrl: body.return_url ?? null,
    ...(body.quantity === undefined ? {} : { quantity: body.quantity }),
    ...(body.adaptive_currency_fees_inclusive === undefined
      ? {}
      : { feesInclusive: body.adaptive_currency_fees_inclusive }),
    ...(body.mandate_min_amount_inr_paise === undefined
      ? {}
      : { mandateMinInrPaise: body.mandate_min_amount_inr_paise }),
    metadata: body.metadata ?? {},
  };
}

const instantOrNull = (at: Instant | null | undefined): string | null =>
  at == null ? null : formatInstant(at);

function bodyOf(
  mandateId: MandateId,
  { customerId, productId, status }: StoredMandate,
): z.infer<typeof mandateSchema> {
  return {
    mandate_id: mandateId,
    state: status?.state ?? "creating",
    checkout_url: status?.checkoutUrl ?? null,
    expires_at: instantOrNull(status?.payableUntil),
    customer_id: customerId,
    product_id: productId,
    subscription_id: status?.subscriptionId ?? null,
    refusal: status?.refusal ?? null,
    reason: status?.reason ?? null,
    as_of: instantOrNull(status?.at),
  };
}
