import { z } from "zod";
import {
  MANDATE_METADATA,
  MANDATE_STATES,
  type RequestedMandate,
} from "../../../domain/mandate/mandate.ts";
import {
  isBelowMinimum,
  MAXIMUM_MINOR,
} from "../../../domain/requested-charge/requested-charge.ts";
import { type MandateId, parseMandateId } from "../../../domain/values/ids.ts";
import { formatInstant, type Instant } from "../../../domain/values/time.ts";
import type { ApiScope } from "../api.ts";
import { fingerprintOf, idempotencyHeaders, sha256 } from "../idempotency.ts";
import { metadataSchema } from "../metadata.ts";
import { Problem, problemAnswer } from "../problem.ts";
import type { KeptMandate, Mandates } from "./mandates.ts";

const dodoId = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,179}$/, "expected an id of Dodo's");

/** What is asked goes into Temporal as it is: nothing there may name a person. */
const only =
  (advice: string) =>
  ({ code }: { readonly code?: string }): string | undefined =>
    code === "unrecognized_keys" ? advice : undefined;

const ADVICE_CUSTOMER =
  "no name or address is taken: create the customer in Dodo, and give its customer_id alone";
const ADVICE_BILLING =
  "no address is taken: give the country alone, Dodo's checkout asks for the rest";

const mandateBody = z
  .strictObject({
    product_id: dodoId,
    customer: z
      .strictObject({ customer_id: dodoId }, { error: only(ADVICE_CUSTOMER) })
      .describe("One that Dodo has: names and addresses never enter Temporal."),
    billing: z
      .strictObject(
        { country: z.string().regex(/^[A-Z]{2}$/, "expected ISO 3166-1 alpha-2") },
        { error: only(ADVICE_BILLING) },
      )
      .describe("Of its address, the country; Dodo's checkout asks for the rest."),
    mandate_only: z.boolean().describe("True: nothing is charged at first."),
    amount: z
      .int()
      .positive()
      .max(MAXIMUM_MINOR)
      .optional()
      .describe("Of the first charge, in the currency's smallest unit; else the product's price."),
    currency: z
      .string()
      .regex(/^[A-Z]{3}$/)
      .optional()
      .describe("Of `amount`; else the product's."),
    description: z.string().min(1).max(1_000).optional(),
    return_url: z
      .url({ protocol: /^https?$/ })
      .max(2_000)
      .optional()
      .describe("Where Dodo sends the customer afterwards."),
    metadata: metadataSchema([MANDATE_METADATA])
      .optional()
      .describe("Of the subscription; its charges carry it too."),
  })
  .refine(({ mandate_only: isMandateOnly, amount }) => !isMandateOnly || amount === undefined, {
    error: "with mandate_only nothing is charged",
    path: ["amount"],
  })
  .refine(({ amount, currency }) => currency === undefined || amount !== undefined, {
    error: "goes with an amount",
    path: ["currency"],
  })
  .refine(
    ({ amount, currency }) =>
      amount === undefined || currency === undefined || !isBelowMinimum(amount, currency),
    { error: "less than Dodo charges in this currency", path: ["amount"] },
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
  checkout_url: z.string().nullable().describe("Dodo's page; null while Dodo has not made it."),
  expires_at: z.iso.datetime().nullable().describe("Until then the page takes a card."),
};

const askedSchema = z.object(checkoutFields).meta({ id: "MandateAsked" });

const mandateSchema = z
  .object({
    ...checkoutFields,
    state: z.enum(MANDATE_STATES),
    customer_id: z.string(),
    product_id: z.string(),
    subscription_id: z.string().nullable().describe("Once the customer has come as far."),
    refusal: z.enum(["shadow", "refused_by_dodo", "not_made"]).nullable(),
    reason: z.string().nullable(),
    as_of: z.iso.datetime().nullable(),
  })
  .meta({ id: "Mandate" });

const MANDATE_DESCRIPTION = [
  "202 once it is kept, with the page to send the customer to; its end is `GET /v1/mandates/{mandate_id}`.",
  "Without `checkout_url` Dodo has not made it yet: ask again with the same key.",
].join(" ");

/** On-demand subscriptions by Dodo's checkout: asked for once for each key, and followed to their end. */
export function addMandateRoutes(api: ApiScope, mandates: Mandates): void {
  api.post(
    "/subscriptions",
    {
      schema: {
        tags: ["Mandates"],
        summary: "Set up an on-demand subscription, once for each Idempotency-Key",
        description: MANDATE_DESCRIPTION,
        headers: idempotencyHeaders,
        body: mandateBody,
        response: { 202: askedSchema, default: problemAnswer },
      },
    },
    async ({ headers, body, operator }, reply) => {
      const mandateId = mandateIdOf(headers["idempotency-key"]);
      const fingerprint = fingerprintOf(body);
      const mandate = askedOf(body);
      const standing = await mandates.ask({ mandateId, mandate, fingerprint, by: operator });
      return await reply.code(202).send({
        mandate_id: mandateId,
        checkout_url: standing?.checkoutUrl ?? null,
        expires_at: instantOrNull(standing?.payableUntil),
      });
    },
  );
  api.get(
    "/mandates/:mandate_id",
    {
      schema: {
        tags: ["Mandates"],
        summary: "A mandate that was asked for: its state, its page, its subscription",
        params: z.object({ mandate_id: z.string() }),
        response: { 200: mandateSchema, default: problemAnswer },
      },
    },
    async ({ params }) => {
      const mandateId = parseMandateId(params.mandate_id);
      if (mandateId === null) throw new Problem(404, "no_mandate", "not an id of a mandate");
      return bodyOf(mandateId, await mandates.view(mandateId));
    },
  );
}

/** @source contract.md, "Temporal": sha256 of the key */
function mandateIdOf(key: string): MandateId {
  const mandateId = parseMandateId(`mandate-${sha256(key)}`);
  if (mandateId === null) throw new Error("a digest is not what it should be");
  return mandateId;
}

function askedOf(body: z.infer<typeof mandateBody>): RequestedMandate {
  return {
    productId: body.product_id,
    customerId: body.customer.customer_id,
    country: body.billing.country,
    mandateOnly: body.mandate_only,
    amountMinor: body.amount ?? null,
    currency: body.currency ?? null,
    description: body.description ?? null,
    returnUrl: body.return_url ?? null,
    metadata: body.metadata ?? {},
  };
}

const instantOrNull = (at: Instant | null | undefined): string | null =>
  at == null ? null : formatInstant(at);

function bodyOf(
  mandateId: MandateId,
  { customerId, productId, standing }: KeptMandate,
): z.infer<typeof mandateSchema> {
  return {
    mandate_id: mandateId,
    state: standing?.state ?? "creating",
    checkout_url: standing?.checkoutUrl ?? null,
    expires_at: instantOrNull(standing?.payableUntil),
    customer_id: customerId,
    product_id: productId,
    subscription_id: standing?.subscriptionId ?? null,
    refusal: standing?.refusal ?? null,
    reason: standing?.reason ?? null,
    as_of: instantOrNull(standing?.at),
  };
}
