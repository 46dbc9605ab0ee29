import type { AllActivities } from "../../worker/activities.ts";
import { DEFAULT_POLICY } from "../../domain/policy.ts";
import { newCheckout } from "../../domain/checkout/checkout.ts";
import { newMandate } from "../../domain/mandate/mandate.ts";
import { newRecovery } from "../../domain/state/recovery.ts";
import { planSweep } from "../../domain/sweep/sweep.ts";
import type { Publication } from "../../domain/state/publication.ts";
import {
  attemptKeyOf,
  debtIdOf,
  parseChargeId,
  parseMandateId,
  parsePaymentId,
  parseSubscriptionId,
  recoveryIdOf,
} from "../../domain/values/ids.ts";
import { DAY_MS, HOUR_MS } from "../../domain/values/time.ts";
import { debtContext } from "../support/domain/debt-context.ts";

type Inputs = {
  readonly [Name in keyof AllActivities]: () => Parameters<AllActivities[Name]>[0];
};

const given = <T>(value: T | null): T => {
  if (value === null) throw new Error("not an id");
  return value;
};

/** One input for each activity, about a failed payment of a subscription that is on hold. The compiler misses none. */
export function inputsFor(subscription: string, payment: string): Inputs {
  const at = Date.now();
  const subscriptionId = given(parseSubscriptionId(subscription));
  const failedPaymentId = given(parsePaymentId(payment));
  const recoveryId = recoveryIdOf(subscriptionId);
  const debtId = debtIdOf(failedPaymentId);
  const firstFailedAt = at - HOUR_MS;
  const debt = debtContext({ debtId, failedPaymentId, firstFailedAt });
  const mode = "act";
  const owed = { subscriptionId, debt, mode } as const;
  const alert = { cause: "unknown_code", declineCode: "NEW_CODE" } as const;
  const mandateId = given(parseMandateId(`mandate-${"0".repeat(64)}`));
  const requested = {
    productId: "pdt_1",
    customerId: "cus_1",
    country: "DE",
    mandateOnly: true,
    amountMinor: null,
    currency: null,
    description: null,
    returnUrl: null,
    metadata: {},
  };
  const publication: Publication = {
    id: `${recoveryId}-1`,
    type: "recovery.opened",
    at,
    recoveryId,
    subscriptionId,
    customerId: "cus_1",
    debtId,
    state: "waiting",
    outcome: null,
    by: null,
    amountMinor: 2_900,
    currency: "USD",
    declineCode: "INSUFFICIENT_FUNDS",
    declineClass: "soft",
    attempts: 1,
    nextAttemptAt: null,
    cause: null,
  };
  const settled = { settleMs: DAY_MS, confirmedAbsentUpTo: null };
  return {
    decideRecovery: () => ({
      recovery: newRecovery(subscriptionId, at),
      waiting: { events: [], arrivedAt: [], ids: [], isDue: true, isAll: true },
      at,
    }),
    readDodo: () => ({
      at,
      subscriptionId,
      recoveryId,
      since: firstFailedAt,
      paymentIds: [failedPaymentId],
      endedPayments: [],
      lineItemsOf: [failedPaymentId],
      withDisputes: true,
    }),
    charge: () => ({
      at,
      subscriptionId,
      recoveryId,
      key: attemptKeyOf(debtId, 2),
      number: 2,
      amountMinor: 2_900,
      currency: "USD",
      description: null,
      failedPaymentId,
      expectedAccess: "held",
      debt,
      blockedMethods: [],
      latestStartAt: at + HOUR_MS,
      mode,
      ...settled,
    }),
    createPaymentLink: () => ({ at, ...owed, recoveryId, debtId, ...settled }),
    cancelSubscription: () => ({ at, ...owed, recoveryId }),
    sendNotice: () => ({
      at,
      ...owed,
      recoveryId,
      notice: "action_needed",
      key: `${debtId}/1`,
      debtId,
      amountMinor: 2_900,
      currency: "USD",
      failedPaymentId,
      declineCode: "EXPIRED_CARD",
      nextAttemptAt: null,
      windowEndsAt: at + DAY_MS,
      withLink: true,
      perWeek: 3,
    }),
    notifyOperator: () => ({ at, subscriptionId, recoveryId, alert, mode }),
    planSweep: () => ({ at, last: null }),
    sweepPage: () => ({
      at,
      plan: planSweep({ ...DEFAULT_POLICY, oneTimePayments: "notify" }, null, at),
      scan: "failed_payments",
      page: 0,
    }),
    heldPage: () => ({ page: 0 }),
    importDebt: () => ({
      at,
      subscriptionId,
      dryRun: true,
      import: { importId: "import-1", by: "anna", isVerified: true, retry: false },
    }),
    decideCheckout: () => ({
      checkout: newCheckout(failedPaymentId),
      event: { kind: "timer_fired" },
      at,
    }),
    readCheckout: () => ({ at, paymentId: failedPaymentId }),
    notifyOfCheckout: () => ({ at, paymentId: failedPaymentId, alert, mode }),
    sendCheckoutNotice: () => ({
      at,
      paymentId: failedPaymentId,
      notice: "checkout_declined",
      number: 1,
      declineCode: null,
      codes: {},
      mode,
    }),
    proveRecovery: () => ({ subscriptionId, recoveryId }),
    enqueuePublications: () => ({ at, subscriptionId, publications: [publication] }),
    deliverWebhook: () => ({ at, publication }),
    sendOperatorMail: () => ({
      at,
      cause: alert.cause,
      count: 1,
      reports: [{ alert, subscriptionId, workflowId: recoveryId, at, waits: true }],
    }),
    submitChargeRequest: () => ({
      subscriptionId,
      request: {
        chargeId: given(parseChargeId(`charge-${"0".repeat(64)}`)),
        requestedAt: at,
        charge: {
          amountMinor: 2_900,
          currency: null,
          description: null,
          feesInclusive: null,
          credits: null,
          metadata: {},
        },
      },
    }),
    decideMandate: () => ({ mandate: newMandate(mandateId), event: { kind: "timer_fired" }, at }),
    createCheckout: () => ({ at, mandateId, requested }),
    readMandate: () => ({ at, sessionId: "cks_1", subscriptionId }),
    completeLedger: () => ({ recoveryId, runId: "run-1" }),
    fillLedger: () => undefined,
    verifyLedger: () => undefined,
  };
}
