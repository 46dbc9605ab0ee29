/** `update-payment-method`: on a hold it collects what is due. @source dodo.md 6.1 */
import { randomBytes } from "node:crypto";
import { z } from "zod";
import { isoOf, linkOf } from "../serializers/payments.ts";
import { faceOf, makePayment, nextOutcome, play, takeMethod } from "./payments.ts";
import { isEnded, tellSubscription } from "./lifecycle.ts";
import { notFound, Refusal } from "./errors.ts";
import { paymentsOf, type Payment, type PaymentLink, type Subscription } from "./state/entities.ts";
import type { World } from "./context.ts";

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

export function updateMethod(
  world: World,
  subscription: Subscription,
  body: UpdateMethodBody,
  now: number,
): UpdateMethodAnswer {
  if (isEnded(subscription.status) || subscription.status === "pending") {
    throw new Refusal("SUBSCRIPTION_INACTIVE", `Subscription is ${subscription.status}`);
  }
  if (body.type === "existing")
    return useExisting(world, subscription, body.payment_method_id, now);
  const payment = makeLink(world, subscription, body.return_url ?? null, now);
  const expiresAt = payment.link?.expiresAt ?? null;
  return {
    payment_id: payment.paymentId,
    payment_link: linkOf(world, payment),
    client_secret: `${payment.paymentId}_secret_${randomBytes(12).toString("hex")}`,
    expires_on: expiresAt === null ? null : isoOf(expiresAt),
  };
}

/** A payment that waits for the customer: of the dues on a hold, else of nothing. */
export function makeLink(
  world: World,
  subscription: Subscription,
  returnUrl: string | null,
  now: number,
): Payment {
  const { linkTtlMs } = world.settings;
  const expiresAt = linkTtlMs === null ? null : now + linkTtlMs;
  return makeDuesPayment(world, subscription, now, {
    status: "requires_payment_method",
    link: { expiresAt, returnUrl },
  });
}

function useExisting(
  world: World,
  subscription: Subscription,
  methodId: string,
  now: number,
): UpdateMethodAnswer {
  const customer = world.books.customers.get(subscription.customerId);
  const method = customer?.methods.find(({ paymentMethodId }) => paymentMethodId === methodId);
  if (method === undefined) throw notFound(`Payment method ${methodId}`);
  const answer = { payment_id: null, payment_link: null, client_secret: null, expires_on: null };
  if (!isHeld(subscription)) {
    takeMethod(subscription, methodId);
    tellSubscription(world, subscription, "subscription.update_payment_method");
    return answer;
  }
  const payment = makeDuesPayment(world, subscription, now, {
    status: "processing",
    ...faceOf(method),
  });
  const { outcomes } = subscription.behaviour;
  play(world, payment, outcomes.length > 0 ? nextOutcome(subscription, method) : method.outcome);
  return { ...answer, payment_id: payment.paymentId };
}

function makeDuesPayment(
  world: World,
  subscription: Subscription,
  now: number,
  fields: Partial<Pick<Payment, "methodId" | "card">> & {
    status: "processing" | "requires_payment_method";
    link?: PaymentLink;
  },
): Payment {
  const dues = isHeld(subscription) ? duesOf(world, subscription) : NOTHING;
  return makePayment(
    world,
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
const NOTHING: Dues = { totalMinor: 0, taxMinor: 0, collects: [] };

/**
 * What a hold still owes. Which charges these are is not documented: by default the last one that failed since
 * the last success.
 * @source dodo.md 11, questions 2 and 3
 */
export function duesOf({ books }: World, subscription: Subscription): Dues {
  const { dues } = subscription.behaviour;
  if (dues === "none") return NOTHING;
  const charged = paymentsOf(books, subscription.subscriptionId).filter(
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
