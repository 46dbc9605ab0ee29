import { describeAnswer, type DodoAnswer } from "../values/dodo-answer.ts";
import type { AttemptKey, DebtId, PaymentId, SubscriptionId } from "../values/ids.ts";
import { type CurrencyCode, describeMoney, money } from "../values/money.ts";
import type { Instant } from "../values/time.ts";
import type { AttentionCause } from "./attention.ts";
import type { EffectKind } from "./effect-kind.ts";
import type { CustomerPaymentsUnknown, NotAttemptedReason } from "./event.ts";
import type { PublicationType } from "./publication.ts";

/** The data of an alert, by cause. Rules read it; `describeAlert` turns it into text. */
type AlertFields = {
  readonly merchant_code: { readonly declineCode: string };
  readonly unknown_code: { readonly declineCode: string };
  readonly unknown_outcome: {
    readonly attempt: number;
    readonly timesSent: number;
    /** The conflict that Dodo answered each time; absent if that is not why. */
    readonly answer?: DodoAnswer;
  };
  readonly rate_limited: { readonly attempt: number; readonly answer?: DodoAnswer };
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
  readonly bought_again: {
    readonly paymentId: PaymentId;
    readonly subscriptionId: SubscriptionId;
  };
  readonly customer_payments_unknown: { readonly why: CustomerPaymentsUnknown };
  readonly dodo_cart_recovery: object;
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
    /** The debt had ended unpaid, such as by a write-off. */
    readonly debtEnded?: boolean;
  };
  /** `setting`: the policy's `unknown_tax` of this recovery. */
  readonly unknown_tax: { readonly debtId: DebtId; readonly setting: "ask" | "none" };
  readonly unknown_amount: { readonly paymentId: PaymentId };
  readonly merchant_action_required: { readonly paymentId: PaymentId };
  readonly no_dodo_activity: { readonly debtId: DebtId };
  readonly multi_subscription: { readonly paymentId: PaymentId };
  readonly too_many_subscriptions: { readonly paymentId: PaymentId };
  readonly charge_blocked: { readonly why: NotAttemptedReason; readonly detail: string };
  readonly status_not_chargeable: { readonly status: string | null };
  /** `recorded`: the business that owns the namespace. */
  readonly other_business: {
    readonly seenIn: "webhook" | "api_key";
    readonly businessId: string;
    readonly recorded: string;
  };
  /** `said`: Dodo's code, the HTTP status and the id of the request. */
  readonly account_refused: { readonly said: string };
  /** Alerts of earlier versions have the code alone. */
  readonly refused_request: Pick<DodoAnswer, "code"> &
    Partial<DodoAnswer> & { readonly request: "read" | "charge" | "payment_link" };
  readonly hold_without_payment: { readonly status: string | null };
  readonly active_without_payment: object;
  readonly not_reactivated: { readonly paymentId: PaymentId | null };
  readonly notice_undeliverable: { readonly detail: string };
  /** `detail`: the server's code and the stage, such as `SMTP 550 5.7.1 at MAIL FROM`; or why there was no answer. */
  readonly sender_refused: { readonly detail: string };
  readonly announcement_unsent: { readonly attempt: number };
  /** `times`: how often the attempt was advised. From the third time on, the recovery waits. */
  readonly advice_not_taken: { readonly attempt: number; readonly times: number };
  readonly cancelled_though_paid: object;
  readonly not_cancelled: { readonly code: string; readonly answer?: DodoAnswer };
  /** Null where the webhooks could not be enqueued. */
  readonly webhook_undelivered: {
    readonly webhook: {
      readonly id: string;
      readonly type: PublicationType;
      readonly detail: string;
    } | null;
  };
  /** `count` of all; `workflowIds` of the first. */
  readonly workflow_task_failing: {
    readonly workflowIds: readonly string[];
    readonly count: number;
  };
  /** `drifts`: how many differences there are; `classes`: of these kinds. */
  readonly ledger_drift: { readonly drifts: number; readonly classes: readonly string[] };
  readonly effect_failed: { readonly effect: EffectKind };
};

/** Something the operator should know, as data. */
export type Alert = {
  readonly [Cause in AttentionCause]: { readonly cause: Cause } & AlertFields[Cause];
}[AttentionCause];

/** An open question to the operator. While there is one, the recovery charges nothing. */
export type Attention = Alert & { readonly since: Instant };

/** What differs from one report of the same trouble to the next: texts for people, and Dodo's id of each request. */
const PASSING: ReadonlySet<string> = new Set(["detail", "said", "requestId"]);

/** True where both have the same cause and data: such an alert is sent once. */
export function isSameAlert(known: Alert, alert: Alert): boolean {
  const fields: Readonly<Record<string, unknown>> = { ...known };
  const dataOf = (value: unknown): string | undefined =>
    JSON.stringify(value, (name, part: unknown) => (PASSING.has(name) ? undefined : part));
  return Object.entries(alert).every(
    ([name, value]) => PASSING.has(name) || dataOf(fields[name]) === dataOf(value),
  );
}

const CUSTOMER_PAYMENTS_UNKNOWN: Readonly<Record<CustomerPaymentsUnknown, string>> = {
  no_customer: "Dodo names no customer",
  no_product: "Dodo names no product",
  too_many: "the customer has too many payments or subscriptions",
  refused: "Dodo refuses to list the customer's payments",
};

/** The subject of the alert as text; empty where the cause's own text says everything. */
export function describeAlert(alert: Alert): string {
  switch (alert.cause) {
    case "merchant_code":
    case "unknown_code":
      return alert.declineCode;
    case "unknown_outcome":
      return describeUnknown(alert);
    case "rate_limited":
      return describeRateLimited(alert);
    case "outcome_deadline":
      return alert.paymentId ?? alert.attemptKey ?? "the customer's payment page";
    case "unattributed_success":
      return describeSuccess(alert);
    case "too_many_debts":
    case "other_amount_collected":
    case "multi_subscription":
    case "too_many_subscriptions":
    case "merchant_action_required":
    case "unknown_amount":
      return alert.paymentId;
    case "bought_again":
      return `${alert.paymentId}, for ${alert.subscriptionId}`;
    case "customer_payments_unknown":
      return CUSTOMER_PAYMENTS_UNKNOWN[alert.why];
    case "unknown_tax":
      return describeTax(alert);
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
    case "other_business":
      return `${alert.seenIn.replaceAll("_", " ")} of ${alert.businessId}, in a namespace of ${alert.recorded}`;
    case "account_refused":
      return `Dodo answered ${alert.said}`;
    case "refused_request":
      return `${alert.request.replaceAll("_", " ")}: ${describeRefusal(alert)}`;
    case "not_reactivated":
      return alert.paymentId ?? "";
    case "notice_undeliverable":
    case "sender_refused":
      return alert.detail;
    case "announcement_unsent":
    case "advice_not_taken":
      return `attempt ${alert.attempt}${"times" in alert ? `, advised ${alert.times} times` : ""}`;
    case "not_cancelled":
      return alert.answer === undefined ? alert.code : describeAnswer(alert.answer);
    case "webhook_undelivered":
      return describeUndelivered(alert);
    case "workflow_task_failing":
      return describeWorkflows(alert);
    case "ledger_drift":
      return describeDrift(alert);
    case "effect_failed":
      return alert.effect.replaceAll("_", " ");
    case "dodo_cart_recovery":
    case "active_without_payment":
    case "cancelled_though_paid":
      return "";
  }
}

function describeTax({ debtId, setting }: Alert & { readonly cause: "unknown_tax" }): string {
  return setting === "ask"
    ? debtId
    : `${debtId}; \`unknown_tax: none\` does not apply, because another payment of this subscription carried tax`;
}

function describeDrift({ drifts, classes }: Alert & { readonly cause: "ledger_drift" }): string {
  return `${drifts} ${drifts === 1 ? "difference" : "differences"}: ${classes.join(", ")}`;
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

function describeUnknown({
  attempt,
  timesSent,
  answer,
}: Alert & { readonly cause: "unknown_outcome" }): string {
  const sent = `attempt ${attempt}, sent ${timesSent} times`;
  return answer === undefined ? sent : `${sent}; Dodo answers ${describeAnswer(answer)}`;
}

function describeRateLimited({
  attempt,
  answer,
}: Alert & { readonly cause: "rate_limited" }): string {
  return answer === undefined
    ? `attempt ${attempt}`
    : `attempt ${attempt}; Dodo answers ${describeAnswer(answer)}`;
}

function describeRefusal({
  code,
  httpStatus,
  requestId,
}: Alert & { readonly cause: "refused_request" }): string {
  if (httpStatus === undefined) return code;
  return describeAnswer({ code, httpStatus, ...(requestId === undefined ? {} : { requestId }) });
}

function describeOvercharge({
  paymentId,
  totals,
  debtEnded = false,
}: Alert & { readonly cause: "overcharged" }): string {
  if (totals === null) {
    return `${paymentId} succeeded although the debt ${debtEnded ? "had already ended" : "was already paid"}`;
  }
  const { collectedMinor, owedMinor, currency } = totals;
  const collected = describeMoney(money(collectedMinor, currency));
  return `${paymentId}: ${collected} instead of ${describeMoney(money(owedMinor, currency))}`;
}

function describeWorkflows({
  workflowIds,
  count,
}: Alert & { readonly cause: "workflow_task_failing" }): string {
  const left = count - workflowIds.length;
  return `${workflowIds.join(", ")}${left > 0 ? ` and ${left} more` : ""}`;
}

function describeUndelivered({
  webhook,
}: Alert & { readonly cause: "webhook_undelivered" }): string {
  if (webhook === null) return "could not be queued for delivery";
  return `${webhook.type} (${webhook.id}): ${webhook.detail}`;
}
