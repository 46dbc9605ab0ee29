import type { Publication, PublicationType } from "../../domain/state/publication.ts";

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
  cause: sometimes("string", "Of `recovery.needs_attention`: see docs/RULES.md."),
};

/** The body is the same for each try. */
export function webhookBodyOf(publication: Publication): WebhookBody {
  const { type, at, outcome, by, late, declineCode, declineClass, nextAttemptAt, cause } =
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
    },
  };
}
