import { format } from "prettier";
import { z } from "zod";
import { ADVICE_FIELDS, FIELDS } from "../../../activities/webhooks/body.ts";
import { ADVICE_ACTIONS } from "../../../domain/advice/advice.ts";
import { ATTENTION_CAUSES, type AttentionCause } from "../../../domain/state/attention.ts";
import { NOTICE_KINDS } from "../../../domain/state/notice.ts";
import { ACTORS, OUTCOMES, RECOVERY_STATES } from "../../../domain/state/outcome.ts";

const instant = z.iso.datetime();
const text = z.string();
const CAUSES = Object.keys(ATTENTION_CAUSES) as [AttentionCause, ...AttentionCause[]];

const advice = z.object({
  action: z.enum(ADVICE_ACTIONS),
  at: instant.optional().describe(ADVICE_FIELDS.at.meaning),
  rule: text.describe(ADVICE_FIELDS.rule.meaning),
  reason: text.describe(ADVICE_FIELDS.reason.meaning),
  attempt_key: text.nullable().describe(ADVICE_FIELDS.attempt_key.meaning),
  valid_until: instant.nullable().describe(ADVICE_FIELDS.valid_until.meaning),
  price: z.int().optional().describe(ADVICE_FIELDS.price.meaning),
  notice: z.enum(NOTICE_KINDS).optional().describe(ADVICE_FIELDS.notice.meaning),
});

/** The body of `recovery.advice`. */
export const adviceWebhookSchema = z.object({
  type: z.literal("recovery.advice"),
  timestamp: instant,
  data: z.object({
    recovery_id: text.describe(FIELDS.recovery_id.meaning),
    subscription_id: text,
    customer_id: text.nullable(),
    debt_id: text.nullable().describe(FIELDS.debt_id.meaning),
    state: z.enum(RECOVERY_STATES),
    outcome: z.enum(OUTCOMES).optional(),
    by: z.enum(ACTORS).optional(),
    late: z.literal(true).optional(),
    amount: z.int().nullable().describe(FIELDS.amount.meaning),
    currency: text.nullable(),
    decline_code: text.optional(),
    decline_class: z.enum(["soft", "hard"]).optional(),
    attempts: z.int(),
    next_attempt_at: instant.optional(),
    cause: z.enum(CAUSES).optional(),
    advice,
  }),
});

/** JSON Schema of the webhook, by path. Later versions may add fields. */
export async function adviceSchema(): Promise<Readonly<Record<string, string>>> {
  const { $schema, ...schema } = z.toJSONSchema(adviceWebhookSchema, { io: "input" });
  const document = {
    $schema,
    title: "The body of the outgoing webhook recovery.advice",
    ...schema,
  };
  const json = await format(JSON.stringify(document), { parser: "json", printWidth: 100 });
  return { "docs/schemas/webhook-advice.json": json };
}
