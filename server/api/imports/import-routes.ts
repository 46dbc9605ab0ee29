import { z } from "zod";
import { IMPORT_MAX, LEFT_OUT } from "../../../domain/import/import.ts";
import { ID_PATTERN, parseSubscriptionId } from "../../../domain/values/ids.ts";
import { IMPORT_ID_PATTERN } from "../../../workflows/contract.ts";
import type { ApiScope } from "../api-scope.ts";
import { problemAnswer } from "../problem.ts";
import type { Imports } from "./imports.ts";

const importBody = z
  .strictObject({
    subscription_ids: z
      .array(z.string().regex(ID_PATTERN, "expected a Dodo subscription id"))
      .min(1)
      .max(IMPORT_MAX)
      .optional()
      .describe("Subscriptions that may owe something, in whatever state."),
    from_dodo: z
      .literal(true)
      .optional()
      .describe(`Every subscription that is on hold at Dodo, up to ${IMPORT_MAX}.`),
    dry_run: z
      .boolean()
      .default(true)
      .describe("Read and judge only. Send `false` to open recoveries."),
    retry: z
      .boolean()
      .default(false)
      .describe(
        "Charge debts that are older than the policy's `max_debt_age` too; otherwise their customers are only asked to pay.",
      ),
  })
  .refine((body) => (body.subscription_ids === undefined) !== (body.from_dodo === undefined), {
    error: "expected either subscription_ids or from_dodo",
  })
  .meta({ examples: [{ subscription_ids: ["sub_123"], dry_run: true }] });

/** Holds the longest list of ids. */
const BODY_BYTES_MAX = 1_024 * 1_024;

const instant = z.iso.datetime();

const debtSchema = z.object({
  debt_id: z.string(),
  amount: z.int().describe("In the currency's smallest unit, with tax."),
  currency: z.string(),
  failed_at: instant.describe("When its first payment failed."),
  decline_code: z.string().nullable(),
  mail_at: instant
    .nullable()
    .describe("When the customer gets the first mail; null if none is planned."),
  charge_at: instant.nullable().describe("When the first charge is due; null if none is planned."),
  asks: z.string().nullable().describe("The question that the operator gets first."),
  observed: z.boolean().describe("Dodo's own retries collect it; Reprise only follows them."),
  queued: z.int().describe("Further debts of the subscription that wait behind it."),
});

const rowSchema = z.object({
  subscription_id: z.string(),
  did: z.enum(["opened", "would_open", "left_out"]),
  why: z.enum(LEFT_OUT).nullable().describe("Why it was left out."),
  debt: debtSchema.nullable(),
});

export const importSchema = z
  .object({
    import_id: z.string(),
    state: z
      .enum(["running", "done", "stopped"])
      .describe("`stopped`: cancelled, terminated or failed. What it had opened goes on."),
    dry_run: z.boolean(),
    retry: z.boolean(),
    by: z.string().describe("The name of the operator key."),
    verified: z
      .boolean()
      .describe("False if the import was started at Temporal, under a name that nothing checked."),
    from_dodo: z.boolean(),
    started_at: instant,
    ended_at: instant.nullable(),
    listing: z.boolean().describe("Dodo's list is still being read, so `total` grows."),
    cut_off: z.boolean().describe("Dodo lists more than one import takes: import again."),
    total: z.int(),
    judged: z.int(),
    opens: z.int().describe("How many are opened, or would be."),
    have_recovery: z.int().describe("On hold with an open recovery; they get no row."),
    left_out: z.partialRecord(z.enum(LEFT_OUT), z.int()),
    amounts: z.array(z.object({ currency: z.string(), amount: z.int() })),
    rows: z.array(rowSchema),
    next_cursor: z.string().nullable(),
  })
  .meta({ id: "Import" });

export const importStartedSchema = z.object({ import_id: z.string() });

const importParams = z.object({
  import_id: z.string().regex(IMPORT_ID_PATTERN, "expected an import id"),
});

const importQuery = z.strictObject({
  cursor: z
    .string()
    .regex(/^\d{1,5}$/)
    .optional()
    .describe("`next_cursor` of the previous page."),
});

const IMPORT_DESCRIPTION = [
  "A worker reads each subscription at Dodo and opens its recovery, at the pace that the rate limit leaves.",
  "Each debt is opened once, whatever is repeated.",
  "In the first 24 hours a customer gets one mail at most, and nothing is charged before that mail.",
].join(" ");

/** Imports: debts from before Reprise. */
export function addImportRoutes(api: ApiScope, imports: Imports): void {
  api.post(
    "/imports",
    {
      bodyLimit: BODY_BYTES_MAX,
      schema: {
        tags: ["Imports"],
        summary: "Start an import of debts from before Reprise, or its dry run",
        description: IMPORT_DESCRIPTION,
        body: importBody,
        response: { 202: importStartedSchema, default: problemAnswer },
      },
    },
    async ({ body, operator }, reply) => {
      const ids = body.subscription_ids?.map(parseSubscriptionId).filter((id) => id !== null);
      const importId = await imports.start({
        subscriptionIds: ids ?? null,
        dryRun: body.dry_run,
        retry: body.retry,
        by: operator,
      });
      return await reply.code(202).send({ import_id: importId });
    },
  );
  api.get(
    "/imports/:import_id",
    {
      schema: {
        tags: ["Imports"],
        summary: "Get how an import stands, and 100 rows of its table",
        params: importParams,
        querystring: importQuery,
        response: { 200: importSchema, default: problemAnswer },
      },
    },
    async ({ params, query }) => await imports.view(params.import_id, Number(query.cursor ?? 0)),
  );
}
