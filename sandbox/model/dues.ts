/** `update-payment-method`: on a hold it collects what is due. @source dodo.md 6.1 */
import { randomBytes } from "node:crypto";
import { z } from "zod";
import { isoOf, paymentLinkUrl } from "../serializers/payments.ts";
import {
  methodFields,
  createPayment,
  nextOutcome,
  scheduleResult,
  setPaymentMethod,
} from "./payments.ts";
import { isEnded, emitSubscriptionEvent } from "./lifecycle.ts";
import { notFound, ApiError } from "./errors.ts";
import { paymentsOf, type Payment, type PaymentLink, type Subscription } from "./state/entities.ts";
import type { SandboxContext } from "./context.ts";

export const updateMethodSchema = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("new"),
    return_url: z.url().nullish(),
    allowed_payment_method_types: z.array(z.string()).nullish(),
  }),
  z.object({ type: z.literal("existing"), payment_method_id: z.string().min(1) }),
]);

export type UpdateMethodBody = z.infer<typeof updateMethodSchema>;

export type UpdateMethodAnswer = {
  payment_id: string | null;
  payment_link: string | null;
  client_secret: string | null;
  expires_on: string | null;
};

export function updatePaymentMethod(
  context: SandboxContext,
  subscription: Subscription,
  body: UpdateMethodBody,
  now: number,
): UpdateMethodAnswer {
  if (isEnded(subscription.status) || subscription.status === "pending") {
    throw new ApiError("SUBSCRIPTION_INACTIVE", `Subscription is ${subscription.status}`);
  }
  if (body.type === "existing")
    return useSavedMethod(context, subscription, body.payment_method_id, now);
  const payment = createUpdateLink(context, subscription, body.return_url ?? null, now);
  const expiresAt = payment.link?.expiresAt ?? null;
  return {
    payment_id: payment.paymentId,
    payment_link: paymentLinkUrl(context, payment),
    client_secret: `${payment.paymentId}_secret_${randomBytes(12).toString("hex")}`,
    expires_on: expiresAt === null ? null : isoOf(expiresAt),
  };
}

/** A payment that waits for the customer: of the dues on a hold, else of nothing. */
export function createUpdateLink(
  context: SandboxContext,
  subscription: Subscription,
  returnUrl: string | null,
  now: number,
): Payment {
  const { linkTtlMs } = context.settings;
  const expiresAt = linkTtlMs === null ? null : now + linkTtlMs;
  return createDuesPayment(context, subscription, now, {
    status: "requires_payment_method",
    link: { expiresAt, returnUrl },
  });
}

function useSavedMethod(
  context: SandboxContext,
  subscription: Subscription,
  methodId: string,
  now: number,
): UpdateMethodAnswer {
  const customer = context.store.customers.get(subscription.customerId);
  const method = customer?.methods.find(({ paymentMethodId }) => paymentMethodId === methodId);
  if (method === undefined) throw notFound(`Payment method ${methodId}`);
  const answer = { payment_id: null, payment_link: null, client_secret: null, expires_on: null };
  if (!isHeld(subscription)) {
    setPaymentMethod(subscription, methodId);
    emitSubscriptionEvent(context, subscription, "subscription.update_payment_method");
    return answer;
  }
  const payment = createDuesPayment(context, subscription, now, {
    status: "processing",
    ...methodFields(method),
  });
  const { outcomes } = subscription.behaviour;
  scheduleResult(
    context,
    payment,
    outcomes.length > 0 ? nextOutcome(subscription, method) : method.outcome,
  );
  return { ...answer, payment_id: payment.paymentId };
}

function createDuesPayment(
  context: SandboxContext,
  subscription: Subscription,
  now: number,
  fields: Partial<Pick<Payment, "methodId" | "card">> & {
    status: "processing" | "requires_payment_method";
    link?: PaymentLink;
  },
): Payment {
  const dues = isHeld(subscription) ? duesOf(context, subscription) : NO_DUES;
  return createPayment(
    context,
    {
      customerId: subscription.customerId,
      subscriptionIds: [subscription.subscriptionId],
      origin: "dues",
      currency: subscription.currency,
      metadata: { ...subscription.metadata },
      ...dues,
      ...fields,
    },
    now,
  );
}

function isHeld({ status }: Subscription): boolean {
  return status === "on_hold" || status === "past_due";
}

type Dues = Pick<Payment, "totalMinor" | "taxMinor" | "collects">;
const NO_DUES: Dues = { totalMinor: 0, taxMinor: 0, collects: [] };

/**
 * What a hold still owes. Which charges these are is not documented: by default the last one that failed since
 * the last success.
 * @source dodo.md 11, questions 2 and 3
 */
export function duesOf({ store }: SandboxContext, subscription: Subscription): Dues {
  const { dues } = subscription.behaviour;
  if (dues === "none") return NO_DUES;
  const charged = paymentsOf(store, subscription.subscriptionId).filter(
    ({ origin, totalMinor }) => origin !== "dues" && totalMinor > 0,
  );
  const failed = charged.filter(
    ({ status, collectedBy }) => status === "failed" && collectedBy === null,
  );
  if (typeof dues === "number") {
    return { totalMinor: dues, taxMinor: 0, collects: failed.map(({ paymentId }) => paymentId) };
  }
  const lastSuccess = charged.findLastIndex(({ status }) => status === "succeeded");
  const since = charged.slice(lastSuccess + 1);
  const owed =
    dues === "all_failed" ? failed : failed.filter((one) => since.includes(one)).slice(-1);
  return {
    totalMinor: owed.reduce((sum, { totalMinor }) => sum + totalMinor, 0),
    taxMinor: owed.reduce((sum, { taxMinor }) => sum + taxMinor, 0),
    collects: owed.map(({ paymentId }) => paymentId),
  };
}
