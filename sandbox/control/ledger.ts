/** What was really collected: the truth that tests judge by. */
import { isoOf } from "../serializers/payments.ts";
import {
  paymentsOf,
  type Metadata,
  type Payment,
  type PaymentEnd,
  type PaymentOrigin,
  type Subscription,
} from "../model/state/entities.ts";
import type { PaymentStatus, SubscriptionStatus } from "../model/state/statuses.ts";
import type { SandboxContext } from "../model/context.ts";

export type LedgerPayment = {
  readonly paymentId: string;
  readonly origin: PaymentOrigin;
  readonly status: PaymentStatus | null;
  readonly errorCode: string | null;
  readonly totalMinor: number;
  readonly taxMinor: number;
  readonly refundedMinor: number;
  readonly currency: string;
  /** Metadata `recovery_attempt`. */
  readonly attempt: string | null;
  readonly metadata: Metadata;
  readonly methodId: string | null;
  readonly retryAttempt: number;
  readonly createdAt: string;
  readonly updatedAt: string;
  /** Its ends, oldest first: a late success is a second one. `at`: milliseconds since 1970. */
  readonly ends: readonly PaymentEnd[];
  /** Its bank has it: it ends by itself in a moment. */
  readonly settling: boolean;
  /** Wall clock, milliseconds since 1970. */
  readonly madeAt: number;
};

export type LedgerSubscription = {
  readonly subscriptionId: string;
  readonly customerId: string;
  readonly status: SubscriptionStatus;
  readonly currency: string;
  readonly cancelledAt: string | null;
  readonly cancelAtNextBillingDate: boolean;
  readonly methodId: string | null;
  /** Oldest first. */
  readonly payments: readonly LedgerPayment[];
  /** Of all succeeded payments, with tax, before refunds. */
  readonly collectedMinor: number;
  readonly refundedMinor: number;
  /** Succeeded payments of more than nothing. */
  readonly succeeded: number;
  /** Payments that have not ended. */
  readonly open: number;
};

export type Ledger = {
  readonly subscriptions: readonly LedgerSubscription[];
  /** Payments of no subscription. */
  readonly oneTime: readonly LedgerPayment[];
};

export function ledgerOf(context: SandboxContext, subscriptionId: string | undefined): Ledger {
  const { subscriptions, payments } = context.store;
  const wanted = [...subscriptions.values()].filter(
    (one) => subscriptionId === undefined || one.subscriptionId === subscriptionId,
  );
  return {
    subscriptions: wanted.map((one) => ledgerSubscription(context, one)),
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
  const payments = paymentsOf(store, subscriptionId).map(ledgerPayment);
  const succeeded = payments.filter((payment) => payment.status === "succeeded");
  return {
    subscriptionId,
    customerId,
    status,
    currency,
    methodId,
    cancelledAt: subscription.cancelledAt === null ? null : isoOf(subscription.cancelledAt),
    cancelAtNextBillingDate: subscription.cancelAtNextBillingDate,
    payments,
    collectedMinor: succeeded.reduce((sum, { totalMinor }) => sum + totalMinor, 0),
    refundedMinor: payments.reduce((sum, { refundedMinor }) => sum + refundedMinor, 0),
    succeeded: succeeded.filter(({ totalMinor }) => totalMinor > 0).length,
    open: payments.filter((one) => !["succeeded", "failed", "cancelled"].includes(one.status ?? ""))
      .length,
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
    madeAt: payment.recordedAt,
  };
}
