/** What the sandbox really collected. Tests judge by it, whatever the caller was told. */
import type { SandboxContext } from "../model/context.ts";
import {
  isOpen,
  type Metadata,
  type Payment,
  type PaymentEnd,
  type PaymentOrigin,
  type Subscription,
} from "../model/state/entities.ts";
import type { PaymentStatus, SubscriptionStatus } from "../model/state/statuses.ts";
import { paymentsOf } from "../model/state/store.ts";
import { isoOf, isoOrNull } from "../serializers/timestamps.ts";

/** Amounts in minor units, instants in RFC 3339 unless a comment says otherwise. */
export type LedgerPayment = {
  readonly paymentId: string;
  readonly origin: PaymentOrigin;
  readonly status: PaymentStatus | null;
  readonly errorCode: string | null;
  readonly totalMinor: number;
  readonly taxMinor: number;
  readonly refundedMinor: number;
  readonly currency: string;
  /** The metadata `recovery_attempt`. */
  readonly attempt: string | null;
  readonly metadata: Metadata;
  readonly methodId: string | null;
  readonly retryAttempt: number;
  readonly createdAt: string;
  readonly updatedAt: string;
  /** Oldest first; a late success is a second one. `at` is in milliseconds since 1970. */
  readonly ends: readonly PaymentEnd[];
  /** A timer will end this payment. */
  readonly settling: boolean;
  /** By the wall clock, in milliseconds since 1970. */
  readonly recordedAt: number;
};

export type LedgerSubscription = {
  readonly subscriptionId: string;
  readonly customerId: string;
  readonly status: SubscriptionStatus;
  readonly currency: string;
  readonly cancelledAt: string | null;
  readonly cancelAtNextBillingDate: boolean;
  readonly methodId: string | null;
  readonly quantity: number;
  readonly mandateMinInrPaise: number | null;
  readonly feesInclusive: boolean | null;
  /** Oldest first. */
  readonly payments: readonly LedgerPayment[];
  /** The total of succeeded payments, with tax, before refunds. */
  readonly collectedMinor: number;
  readonly refundedMinor: number;
  /** The number of succeeded payments above zero. */
  readonly succeeded: number;
  /** The number of payments that have not ended. */
  readonly open: number;
};

export type Ledger = {
  readonly subscriptions: readonly LedgerSubscription[];
  /** Payments that belong to no subscription. */
  readonly oneTime: readonly LedgerPayment[];
};

/** @param subscriptionId left out: all subscriptions */
export function ledgerOf(context: SandboxContext, subscriptionId: string | undefined): Ledger {
  const { subscriptions, payments } = context.store;
  const selected = [...subscriptions.values()].filter(
    (one) => subscriptionId === undefined || one.subscriptionId === subscriptionId,
  );
  return {
    subscriptions: selected.map((one) => ledgerSubscription(context, one)),
    oneTime: [...payments.values()]
      .filter(({ subscriptionIds }) => subscriptionIds.length === 0)
      .map(ledgerPayment),
  };
}

function ledgerSubscription(
  { store }: SandboxContext,
  subscription: Subscription,
): LedgerSubscription {
  const { subscriptionId, customerId, status, currency, methodId } = subscription;
  const { quantity, mandateMinInrPaise, feesInclusive } = subscription;
  const payments = paymentsOf(store, subscriptionId);
  const entries = payments.map(ledgerPayment);
  const succeeded = entries.filter((payment) => payment.status === "succeeded");
  return {
    subscriptionId,
    customerId,
    status,
    currency,
    methodId,
    quantity,
    mandateMinInrPaise,
    feesInclusive,
    cancelledAt: isoOrNull(subscription.cancelledAt),
    cancelAtNextBillingDate: subscription.cancelAtNextBillingDate,
    payments: entries,
    collectedMinor: succeeded.reduce((sum, { totalMinor }) => sum + totalMinor, 0),
    refundedMinor: entries.reduce((sum, { refundedMinor }) => sum + refundedMinor, 0),
    succeeded: succeeded.filter(({ totalMinor }) => totalMinor > 0).length,
    open: payments.filter(isOpen).length,
  };
}

function ledgerPayment(payment: Payment): LedgerPayment {
  const attempt = payment.metadata["recovery_attempt"];
  return {
    paymentId: payment.paymentId,
    origin: payment.origin,
    status: payment.status,
    errorCode: payment.errorCode,
    totalMinor: payment.totalMinor,
    taxMinor: payment.taxMinor,
    refundedMinor: payment.refunds.reduce((sum, { amountMinor }) => sum + amountMinor, 0),
    currency: payment.currency,
    attempt: typeof attempt === "string" ? attempt : null,
    metadata: payment.metadata,
    methodId: payment.methodId,
    retryAttempt: payment.retryAttempt,
    createdAt: isoOf(payment.createdAt),
    updatedAt: isoOf(payment.updatedAt),
    ends: payment.ends,
    settling: payment.settling,
    recordedAt: payment.recordedAt,
  };
}
