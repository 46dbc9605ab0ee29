import type { AdviceAction } from "../../domain/advice/advice.ts";
import type { NoticeKind } from "../../domain/state/notice.ts";
import type {
  Publication,
  PublicationType,
  PublishedAdvice,
} from "../../domain/state/publication.ts";

/** The body of an outgoing webhook. `FIELDS` describes its fields. */
export type WebhookBody = {
  readonly type: PublicationType;
  readonly timestamp: string;
  readonly data: {
    readonly recovery_id: string;
    readonly subscription_id: string;
    readonly customer_id: string | null;
    readonly debt_id: string | null;
    readonly state: string;
    readonly outcome?: string;
    readonly by?: string;
    readonly late?: true;
    readonly amount: number | null;
    readonly currency: string | null;
    readonly decline_code?: string;
    readonly decline_class?: "soft" | "hard";
    readonly attempts: number;
    readonly next_attempt_at?: string;
    readonly cause?: string;
    readonly advice?: {
      readonly action: AdviceAction;
      readonly at?: string;
      readonly rule: string;
      readonly reason: string;
      readonly attempt_key: string | null;
      readonly valid_until: string | null;
      readonly price?: number;
      readonly notice?: NoticeKind;
    };
  };
};

type FieldRow = { readonly type: string; readonly isAlways: boolean; readonly meaning: string };

const field = (type: string, meaning: string): FieldRow => ({ type, isAlways: true, meaning });
const sometimes = (type: string, meaning: string): FieldRow => ({ type, isAlways: false, meaning });

/** Every field of `data`, for docs/WEBHOOKS.md. */
export const FIELDS: Readonly<Record<keyof WebhookBody["data"], FieldRow>> = {
  recovery_id: field("string", "The workflow id of the recovery in Temporal."),
  subscription_id: field("string", "Dodo's subscription."),
  customer_id: field("string or null", "Dodo's customer."),
  debt_id: field(
    "string or null",
    "The id of one debt, from its opening to its end: the first failed payment or the requested charge. " +
      "Null while it is unclear what is owed.",
  ),
  state: field("string", "The recovery's state after the event."),
  outcome: sometimes("string", "How the debt ended."),
  by: sometimes(
    "string",
    "Who paid or ended it: `attempt`, `link`, `dodo`, `merchant`, `customer`, `operator`, `reprise`.",
  ),
  late: sometimes(
    "true",
    "The debt had ended as `exhausted` before, and its customer has paid late.",
  ),
  amount: field(
    "integer or null",
    "What the customer owes, with tax, in the currency's minor units (cents; yen have none).",
  ),
  currency: field("string or null", "ISO 4217."),
  decline_code: sometimes("string", "Of the last decline, as Dodo writes it. Not for customers."),
  decline_class: sometimes("string", "`soft` or `hard`."),
  attempts: field(
    "integer",
    "Charges so far with a known result, including the one that failed first.",
  ),
  next_attempt_at: sometimes("string", "RFC 3339; the next planned charge."),
  cause: sometimes(
    "string",
    "Of `recovery.needs_attention`, and of advice while a person is asked: see docs/RULES.md.",
  ),
  advice: sometimes("object", 'Of `recovery.advice` only: see "Advice".'),
};

/** Every field of `data.advice`, for docs/WEBHOOKS.md. */
export const ADVICE_FIELDS: Readonly<
  Record<keyof NonNullable<WebhookBody["data"]["advice"]>, FieldRow>
> = {
  action: field(
    "string",
    "`charge`, `ask_customer`, `wait`, `stop`, `notify_customer` or `cancel_subscription`.",
  ),
  at: sometimes("string", "Of `charge`: RFC 3339; when to charge, and not before."),
  rule: field("string", "The rule of the decision: see docs/RULES.md."),
  reason: field("string", "The decision in words, for people."),
  attempt_key: field(
    "string or null",
    "Of `charge`: the value of `recovery_attempt` in the metadata of your charge.",
  ),
  valid_until: field(
    "string or null",
    "RFC 3339. Do not act on it from then on. Null: until newer advice comes.",
  ),
  price: sometimes(
    "integer",
    "Of `charge`: the `product_price` to request, in minor units and without the tax that Dodo adds.",
  ),
  notice: sometimes("string", "Of `notify_customer`: the kind of message, as in docs/NOTICES.md."),
};

/** The body is the same for each try. */
export function webhookBodyOf(publication: Publication): WebhookBody {
  const { type, at, outcome, by, late, declineCode, declineClass, nextAttemptAt, cause, advice } =
    publication;
  return {
    type,
    timestamp: new Date(at).toISOString(),
    data: {
      recovery_id: publication.recoveryId,
      subscription_id: publication.subscriptionId,
      customer_id: publication.customerId,
      debt_id: publication.debtId,
      state: publication.state,
      ...(outcome === null ? {} : { outcome }),
      ...(by === null ? {} : { by }),
      ...(late === undefined ? {} : { late }),
      amount: publication.amountMinor,
      currency: publication.currency,
      ...(declineCode === null ? {} : { decline_code: declineCode }),
      ...(declineClass === null ? {} : { decline_class: declineClass }),
      attempts: publication.attempts,
      ...(nextAttemptAt === null ? {} : { next_attempt_at: new Date(nextAttemptAt).toISOString() }),
      ...(cause === null ? {} : { cause }),
      ...(advice === undefined ? {} : { advice: adviceBodyOf(advice) }),
    },
  };
}

function adviceBodyOf(advice: PublishedAdvice): NonNullable<WebhookBody["data"]["advice"]> {
  const { action, at, rule, reason, attemptKey, validUntil, priceMinor, notice } = advice;
  return {
    action,
    ...(at === null ? {} : { at: new Date(at).toISOString() }),
    rule,
    reason,
    attempt_key: attemptKey,
    valid_until: validUntil === null ? null : new Date(validUntil).toISOString(),
    ...(priceMinor == null ? {} : { price: priceMinor }),
    ...(notice === undefined ? {} : { notice }),
  };
}
