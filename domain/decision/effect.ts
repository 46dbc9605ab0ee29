import type { Alert } from "../state/alert.ts";
import type { CommandReply } from "../state/command.ts";
import type { Debt } from "../state/debt.ts";
import type { NoticeKind, NoticeStep } from "../state/notice.ts";
import type { SubscriptionAccess } from "../state/payment.ts";
import type { Publication } from "../state/publication.ts";
import type { RequestedChargeStatus } from "../state/requested-charge.ts";
import type { AttemptKey, DebtId, EffectId, PaymentId } from "../values/ids.ts";
import type { CurrencyCode } from "../values/money.ts";
import type { Instant } from "../values/time.ts";

/** Read the subscription, its payments since an instant, and the results of earlier runs. */
export type ReadEffect = {
  readonly kind: "read";
  readonly id: EffectId;
  readonly since: Instant;
  /** Payments that are read by id, whether or not the list shows them. */
  readonly paymentIds: readonly PaymentId[];
  /** Payments whose outcome is known: their row in the list is enough. */
  readonly endedPayments: readonly string[];
  /** The policy's `debt_key`, where it has one. Its value tells debts apart. */
  readonly debtKeyName?: string;
  /** Payments whose line items are read too, because nothing else shows their price. */
  readonly lineItemsOf?: readonly PaymentId[];
  /** Also read whether this customer disputed a payment recently. */
  readonly withDisputes?: boolean;
  /** The reason for the read, shown in the Temporal Web UI. */
  readonly why: string;
};

/** Check Dodo once more, then send one charge request. */
export type ChargeEffect = {
  readonly kind: "charge";
  readonly id: EffectId;
  readonly key: AttemptKey;
  readonly number: number;
  /** The price, without tax that Dodo adds. Null for a manual retry whose price is unknown. */
  readonly amountMinor: number | null;
  readonly currency: CurrencyCode;
  /** As the merchant requested it; null: the product's. */
  readonly description: string | null;
  /** Its metadata is merged into the charge's, below our own keys. */
  readonly failedPaymentId: PaymentId | null;
  /** The subscription's access in the last read. If it has changed, the charge is not sent. */
  readonly expectedAccess: SubscriptionAccess | null;
  /** For a scheduled subscription: Dodo's manual retry of the failed payment, which takes neither amount nor key. */
  readonly via?: "manual_retry";
  /** No request is sent after this. */
  readonly latestStartAt: Instant;
  /** Timeout of the POST, from the settings of the worker that decided. Recorded, so that a replay uses the same. */
  readonly requestTimeoutMs?: number;
};

export type NoticeEffect = {
  readonly kind: "notice";
  readonly id: EffectId;
  readonly notice: NoticeKind;
  readonly key: string;
  readonly debtId: DebtId;
  /** What is owed, with tax. */
  readonly amountMinor: number;
  readonly currency: CurrencyCode;
  readonly failedPaymentId: PaymentId | null;
  /** Null where the code is masked or unknown; the notice then uses a general text. */
  readonly declineCode: string | null;
  readonly nextAttemptAt: Instant | null;
  readonly windowEndsAt: Instant;
  readonly withLink: boolean;
  /** Of a sequence only; absent in decisions that were recorded before steps existed. */
  readonly step?: NoticeStep;
  /** The subscription will be cancelled if the debt is unpaid at the end of the window. */
  readonly cancelsAtEnd?: boolean;
  /** No try after this: a later notice says it better. Absent: three days after its start. */
  readonly giveUpAt?: Instant;
  /** `recovered` only: the payment that settled the debt, perhaps with another card. */
  readonly paidBy?: PaymentId | null;
  /** `confirm_payment` only: the payment that waits for the customer. */
  readonly waitingPaymentId?: PaymentId;
};

/** What every notice says of its debt. */
export function noticeFieldsOf(
  debt: Debt,
): Pick<NoticeEffect, "debtId" | "amountMinor" | "currency" | "failedPaymentId"> {
  const { id: debtId, totalMinor: amountMinor, currency, failedPaymentId } = debt;
  return { debtId, amountMinor, currency, failedPaymentId };
}

/** Ask Dodo for a payment link. Paying on it while the subscription is on hold is a charge of the dues. */
export type PaymentLinkEffect = {
  readonly kind: "payment_link";
  readonly id: EffectId;
  readonly debtId: DebtId;
  /** Read the page of this payment, which waits for the customer, and create none. */
  readonly ofPayment?: PaymentId;
  /** Of an exhausted debt: only on a hold does the page collect it. */
  readonly late?: true;
};

export type CancelEffect = { readonly kind: "cancel"; readonly id: EffectId };

/** Send an alert to the operator. */
export type NotifyOperatorEffect = {
  readonly kind: "notify_operator";
  readonly id: EffectId;
  readonly alert: Alert;
};

/** Queue outgoing webhooks for delivery, in this order. The recovery does not wait for delivery. */
export type PublishEffect = {
  readonly kind: "publish";
  readonly id: EffectId;
  readonly publications: readonly Publication[];
};

/** Send the status of a requested charge to the requester's workflow. */
export type ReportChargeEffect = {
  readonly kind: "report_charge_status";
  readonly id: EffectId;
  readonly status: RequestedChargeStatus;
};

/** Withdraw a charge that is still queued. One that has started is awaited. */
export type WithdrawChargeEffect = { readonly kind: "withdraw_charge" };

export type ReplyEffect = {
  readonly kind: "reply";
  readonly commandId: string;
  readonly reply: CommandReply;
};

export type Effect =
  | ReadEffect
  | ChargeEffect
  | NoticeEffect
  | PaymentLinkEffect
  | CancelEffect
  | NotifyOperatorEffect
  | PublishEffect
  | ReportChargeEffect
  | WithdrawChargeEffect
  | ReplyEffect;

/** Effects whose outcome comes back as an event. */
export type AwaitedEffect = Exclude<Effect, WithdrawChargeEffect | ReplyEffect>;
