import type { Alert } from "../state/alert.ts";
import type { CommandReply } from "../state/command.ts";
import type { NoticeKind, NoticeStep } from "../state/notice.ts";
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
  /** Payments read by name, whether the list shows them or not. */
  readonly paymentIds: readonly PaymentId[];
  /** Payments whose end is known: the list's own row is enough. */
  readonly endedPayments: readonly string[];
  /** The policy's `debt_key`, where it has one: its value tells debts apart. */
  readonly debtKeyName?: string;
  /** Also whether this customer has disputed a payment lately. */
  readonly withDisputes?: boolean;
  /** Why it is read: shown in the Temporal Web UI. */
  readonly why: string;
};

/** Read once more, then send one charge. */
export type ChargeEffect = {
  readonly kind: "charge";
  readonly id: EffectId;
  readonly key: AttemptKey;
  readonly number: number;
  readonly amountMinor: number;
  readonly currency: CurrencyCode;
  /** Its metadata goes into the charge, below our own keys. */
  readonly failedPaymentId: PaymentId | null;
  /** The status of the last read: another one means that something happened. */
  readonly expectedStatus: string | null;
  /** A scheduled subscription: Dodo's manual retry of the failed payment, which takes neither amount nor key. */
  readonly via?: "manual_retry";
  /** No request leaves after this. */
  readonly latestStartAt: Instant;
  /** Of the one POST, as the worker that decided is set; recorded here, so that replay uses the same. */
  readonly requestTimeoutMs?: number;
};

export type NoticeEffect = {
  readonly kind: "notice";
  readonly id: EffectId;
  readonly notice: NoticeKind;
  readonly key: string;
  readonly debtId: DebtId;
  readonly amountMinor: number;
  readonly currency: CurrencyCode;
  readonly failedPaymentId: PaymentId | null;
  /** Null where the reason is masked or unknown: the text is then the general one. */
  readonly declineCode: string | null;
  readonly nextAttemptAt: Instant | null;
  readonly windowEndsAt: Instant;
  readonly withLink: boolean;
  /** Of `action_needed`; absent in decisions recorded before there were steps. */
  readonly step?: NoticeStep;
  /** The subscription is cancelled if it is not paid by the window's end. */
  readonly cancelsAtEnd?: boolean;
  /** Of `recovered`: the payment that settled it, which may be with another card. */
  readonly paidBy?: PaymentId | null;
};

/** Ask Dodo for a hosted page: on a hold, that is a charge. */
export type PaymentLinkEffect = {
  readonly kind: "payment_link";
  readonly id: EffectId;
  readonly debtId: DebtId;
};

export type CancelEffect = { readonly kind: "cancel"; readonly id: EffectId };

/** Tell the operator, once for each cause. */
export type NotifyOperatorEffect = {
  readonly kind: "notify_operator";
  readonly id: EffectId;
  readonly alert: Alert;
};

/** Hand on what the merchant's systems are to be told, in this order; delivering it is nobody's wait here. */
export type PublishEffect = {
  readonly kind: "publish";
  readonly id: EffectId;
  readonly publications: readonly Publication[];
};

/** Tell who asked for a charge how it stands. */
export type ReportChargeEffect = {
  readonly kind: "report_charge_status";
  readonly id: EffectId;
  readonly status: RequestedChargeStatus;
};

/** Take back the charge that is queued; one that has started is awaited. */
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
