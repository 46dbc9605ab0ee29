import { format } from "prettier";
import { z } from "zod";
import { CHECK_STATUSES } from "../../../cli/doctor/check.ts";
import { NOTICE_KINDS } from "../../../domain/state/notice.ts";
import { OUTCOMES } from "../../../domain/state/outcome.ts";
import { DRIFT_CLASSES } from "../../../domain/reporting/ledger-check.ts";
import type { ExportColumn } from "../../../ledger/export/columns.ts";
import { acceptedSchema } from "../../../server/api/charges/charge-routes.ts";
import { chargingSchema } from "../../../server/api/charges/charging-control-routes.ts";
import {
  deliveryPageSchema,
  deliverySchema,
} from "../../../server/api/deliveries/delivery-routes.ts";
import { proofSchema } from "../../../server/api/recoveries/proof-routes.ts";
import { importSchema } from "../../../server/api/imports/import-routes.ts";
import { sweepSchema } from "../../../server/api/recoveries/recovery-routes.ts";
import { reportSchema } from "../../../server/api/reports/report-routes.ts";
import {
  recoveryPageSchema,
  recoverySchema,
} from "../../../server/api/recoveries/recovery-view.ts";

const instant = z.iso.datetime();
const text = z.string();

const shadowReport = z.object({
  recoveries: z.array(
    z.object({
      subscription_id: text,
      is_open: z.boolean(),
      amount: z.int().nullable().describe("With tax, in the currency's smallest unit."),
      currency: text.nullable(),
      outcome: z.enum(OUTCOMES).nullable().describe("Null while the debt is open."),
      would_have: z.array(
        z.object({
          at: instant,
          kind: z.enum(["charge", "notice", "payment_link", "cancellation"]),
          attempt: z.int().nullable(),
          amount: z.int().nullable(),
          currency: text.nullable(),
          notice: z.enum(NOTICE_KINDS).nullable(),
        }),
      ),
      happened: z.array(z.object({ at: instant, what: text })),
    }),
  ),
});

const ledgerRebuild = z.object({
  replaced: z.int().describe("Runs whose rows were replaced by those of their histories."),
  empty: z.int().describe("Runs without a decision so far."),
  kept: z.int().describe("Runs that the ledger alone has, because Temporal has deleted them."),
  removed: z
    .int()
    .describe("Runs that a restored Temporal never recorded, and that other runs have replaced."),
});

const ledgerVerify = z.object({
  runs: z.int().describe("Runs whose history was compared."),
  agree: z.boolean(),
  drifts: z.array(
    z.object({
      class: z.enum(DRIFT_CLASSES),
      recovery_id: text,
      run_id: text,
      what: text.describe("The table, its row and, where it is one, the field."),
      in_ledger: text.nullable(),
      in_history: text.nullable(),
      advice: text,
    }),
  ),
  doubles: z.array(text).describe("Payments that settle more than one debt."),
});

/** Each column, so that a new one wants its type here. */
const exportRow = {
  provider: text,
  recovery_id: text,
  subscription_id: text,
  customer_id: text.nullable(),
  debt_id: text,
  product_id: text.nullable(),
  brand_id: text.nullable(),
  segment: text.nullable(),
  arm: text.nullable(),
  currency: text.nullable(),
  amount_minor: z.int().nullable().describe("With tax, in the currency's smallest unit."),
  first_failed_at: instant.nullable(),
  opened_at: instant,
  ended_at: instant.nullable(),
  outcome: z.enum(OUTCOMES).nullable().describe("Null while the debt is open."),
  cause: text.nullable().describe("What settled the debt."),
  attempts: z.int().describe("The failed charge is attempt 1."),
  notices: z.int(),
  first_decline_code: text.nullable(),
  decline_class: text.nullable(),
  collected_minor: z.int().nullable(),
  settled_by_payment_id: text.nullable(),
  settled_attempt: z.int().nullable(),
  trigger: text.nullable(),
  country: text.nullable(),
  notices_before_settlement: z.int().nullable(),
  days_to_recover: z.number().nullable(),
  own_attempts: z.int(),
  declined_attempts: z.int(),
  is_requested: z.boolean(),
  is_late: z.boolean(),
} as const satisfies Readonly<Record<ExportColumn, z.ZodType>>;

const source = {
  file: text.nullable().describe("Null: the built-in policy. `-`: stdin."),
  live: z.boolean().describe("Whether the limits of live_mode apply."),
  changed: z.array(text).describe("The keys that differ from the built-in policy."),
};

const policyCheck = z.object({
  ...source,
  valid: z.boolean(),
  problems: z.array(z.object({ path: text, problem: text })),
});

const policyShow = z.object({
  ...source,
  policy: z
    .record(text, z.unknown())
    .describe("Every key, as in the file: docs/CONFIGURATION.md describes them."),
});

const count = z.int().min(0);

const doctor = z.object({
  healthy: z.boolean().describe("Whether nothing failed: a warning is no failure."),
  counts: z.object({ ok: count, warn: count, fail: count, unknown: count }),
  checks: z.array(
    z.object({
      name: text.describe("Stable, for programs."),
      group: text,
      what: text,
      status: z.enum(CHECK_STATUSES).describe("`unknown`: not checked; `detail` says why."),
      detail: text,
      mend: text.nullable().describe("What to do: a command where there is one."),
    }),
  ),
  lists: z
    .array(z.object({ name: text, query: text, url: text }))
    .describe("Lists of recoveries in the Temporal Web UI; empty without TEMPORAL_UI_URL."),
});

const error = z.object({
  error: z.object({
    kind: z.enum(["refused", "usage", "unreachable", "internal", "configuration"]),
    exit_code: z.int(),
    message: text,
    advice: text.nullable(),
    problem: z
      .looseObject({ status: z.int(), code: text, detail: text })
      .nullable()
      .describe("The problem document of the operator API (RFC 9457), if it sent one."),
  }),
});

/** What `reprise … --json` prints: the name of the file, the commands, and the shape. */
const OUTPUTS = [
  ["list", "`reprise list --json`", recoveryPageSchema],
  ["recovery", "`reprise show --json`, and every action on a recovery", recoverySchema],
  ["charge", "`reprise charge --json`", acceptedSchema],
  ["charging", "`reprise charging stop|resume|status --json`", chargingSchema],
  ["sweep", "`reprise sweep --json`", sweepSchema],
  ["import", "`reprise import --json`", importSchema],
  ["proof", "`reprise proof --json`", proofSchema],
  ["shadow-report", "`reprise shadow-report --json`", shadowReport],
  ["report", "`reprise report --json`", reportSchema],
  ["ledger-rebuild", "`reprise ledger rebuild --json`", ledgerRebuild],
  ["ledger-verify", "`reprise ledger verify --json`", ledgerVerify],
  ["ledger-export", "`reprise ledger export --json`, one line a debt", z.object(exportRow)],
  ["policy-check", "`reprise policy check --json`", policyCheck],
  ["policy-show", "`reprise policy show --json`", policyShow],
  ["completion", "`reprise completion --json`", z.object({ shell: text, script: text })],
  ["webhooks-list", "`reprise webhooks list --json`", deliveryPageSchema],
  ["webhooks-redeliver", "`reprise webhooks redeliver --json`", deliverySchema],
  ["doctor", "`reprise doctor --json`", doctor],
  ["error", "any `reprise … --json` that fails, on stderr", error],
] as const satisfies readonly (readonly [string, string, z.ZodType])[];

/** JSON Schemas of the command line's output, by path. */
export async function cliSchemas(): Promise<Readonly<Record<string, string>>> {
  const files = OUTPUTS.map(async ([name, printedBy, shape]) => {
    const { $schema, id: _id, ...schema } = z.toJSONSchema(shape, { io: "output" });
    const document = { $schema, title: `What is printed by ${printedBy}`, ...schema };
    const json = await format(JSON.stringify(document), { parser: "json", printWidth: 100 });
    return [`docs/schemas/${name}.json`, json] as const;
  });
  return Object.fromEntries(await Promise.all(files));
}
