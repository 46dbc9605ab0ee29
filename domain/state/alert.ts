import type { AttemptKey, DebtId, PaymentId } from "../values/ids.ts";
import { type CurrencyCode, describeMoney, money } from "../values/money.ts";
import type { Instant } from "../values/time.ts";
import type { AttentionCause } from "./attention.ts";
import type { EffectKind } from "./effect-kind.ts";
import type { NotAttemptedReason } from "./event.ts";
import type { PublicationType } from "./publication.ts";

/** The data of an alert, by cause. Rules read it; `describeAlert` turns it into text. */
type AlertFields = {
  readonly merchant_code: { readonly declineCode: string };
  readonly unknown_code: { readonly declineCode: string };
  readonly unknown_outcome: { readonly attempt: number; readonly timesSent: number };
  /** What has stayed open: a payment, an attempt, or, where both are null, the customer's payment page. */
  readonly outcome_deadline: {
    readonly paymentId: PaymentId | null;
    readonly attemptKey: AttemptKey | null;
  };
  /** `total` with tax, in the smallest unit; `failures`: debts that the same answer is about. */
  readonly unattributed_success: {
    readonly paymentId: PaymentId;
    readonly total?: { readonly minor: number; readonly currency: CurrencyCode };
    readonly failures?: readonly DebtId[];
  };
  readonly second_debt: { readonly debtId: DebtId };
  readonly too_many_debts: { readonly paymentId: PaymentId };
  readonly other_amount_collected: { readonly paymentId: PaymentId };
  readonly recent_dispute: { readonly disputeId: string };
  readonly several_failures: { readonly paymentIds: readonly PaymentId[] };
  /** Totals with tax, in the smallest unit; null where a second payment of the same debt succeeded. */
  readonly overcharged: {
    readonly paymentId: PaymentId;
    readonly totals: {
      readonly collectedMinor: number;
      readonly owedMinor: number;
      readonly currency: CurrencyCode;
    } | null;
  };
  readonly no_dodo_activity: { readonly debtId: DebtId };
  readonly multi_subscription: { readonly paymentId: PaymentId };
  readonly charge_blocked: { readonly why: NotAttemptedReason; readonly detail: string };
  readonly status_not_chargeable: { readonly status: string | null };
  /** `said`: Dodo's code and HTTP status. */
  readonly account_refused: { readonly said: string };
  readonly refused_request: {
    readonly request: "read" | "charge" | "payment_link";
    readonly code: string;
  };
  readonly hold_without_payment: { readonly status: string | null };
  readonly active_without_payment: object;
  readonly not_reactivated: { readonly paymentId: PaymentId | null };
  readonly notice_undeliverable: { readonly detail: string };
  readonly cancelled_though_paid: object;
  readonly not_cancelled: { readonly code: string };
  /** Null where the webhooks could not be enqueued. */
  readonly webhook_undelivered: {
    readonly webhook: {
      readonly id: string;
      readonly type: PublicationType;
      readonly detail: string;
    } | null;
  };
  readonly effect_failed: { readonly effect: EffectKind };
};

/** Something the operator should know, as data. */
export type Alert = {
  readonly [Cause in AttentionCause]: { readonly cause: Cause } & AlertFields[Cause];
}[AttentionCause];

/** An open question to the operator. While there is one, the recovery charges nothing. */
export type Attention = Alert & { readonly since: Instant };

/** True where both have the same cause and data: such an alert is sent once. */
export function isSameAlert(known: Alert, alert: Alert): boolean {
  const fields: Readonly<Record<string, unknown>> = { ...known };
  return Object.entries(alert).every(
    ([name, value]) => JSON.stringify(fields[name]) === JSON.stringify(value),
  );
}

/** The subject of the alert as text; empty where the cause's own text says everything. */
export function describeAlert(alert: Alert): string {
  switch (alert.cause) {
    case "merchant_code":
    case "unknown_code":
      return alert.declineCode;
    case "unknown_outcome":
      return `attempt ${alert.attempt}, sent ${alert.timesSent} times`;
    case "outcome_deadline":
      return alert.paymentId ?? alert.attemptKey ?? "the customer's payment page";
    case "unattributed_success":
      return describeSuccess(alert);
    case "too_many_debts":
    case "other_amount_collected":
    case "multi_subscription":
      return alert.paymentId;
    case "second_debt":
    case "no_dodo_activity":
      return alert.debtId;
    case "recent_dispute":
      return alert.disputeId;
    case "several_failures":
      return alert.paymentIds.join(", ");
    case "overcharged":
      return describeOvercharge(alert);
    case "charge_blocked":
      return `${alert.why.replaceAll("_", " ")}: ${alert.detail}`;
    case "status_not_chargeable":
    case "hold_without_payment":
      return alert.status ?? "no status";
    case "account_refused":
      return `Dodo answered ${alert.said}`;
    case "refused_request":
      return `${alert.request.replaceAll("_", " ")}: ${alert.code}`;
    case "not_reactivated":
      return alert.paymentId ?? "";
    case "notice_undeliverable":
      return alert.detail;
    case "not_cancelled":
      return alert.code;
    case "webhook_undelivered":
      return describeUndelivered(alert);
    case "effect_failed":
      return alert.effect.replaceAll("_", " ");
    case "active_without_payment":
    case "cancelled_though_paid":
      return "";
  }
}

function describeSuccess({
  paymentId,
  total,
  failures = [],
}: Alert & { readonly cause: "unattributed_success" }): string {
  const amount =
    total === undefined ? "" : `, ${describeMoney(money(total.minor, total.currency))}`;
  const beside = failures.length === 0 ? "" : `; failed beside it: ${failures.join(", ")}`;
  return `${paymentId}${amount}${beside}`;
}

function describeOvercharge({
  paymentId,
  totals,
}: Alert & { readonly cause: "overcharged" }): string {
  if (totals === null) return `${paymentId} succeeded although the debt was already paid`;
  const { collectedMinor, owedMinor, currency } = totals;
  const collected = describeMoney(money(collectedMinor, currency));
  return `${paymentId}: ${collected} instead of ${describeMoney(money(owedMinor, currency))}`;
}

function describeUndelivered({
  webhook,
}: Alert & { readonly cause: "webhook_undelivered" }): string {
  if (webhook === null) return "could not be queued for delivery";
  return `${webhook.type} (${webhook.id}): ${webhook.detail}`;
}
