/** What the control routes read from a request. */
import type { FastifyRequest } from "fastify";
import { z } from "zod";
import { parseBody } from "../api/request-body.ts";
import { advanceClock } from "../model/clock.ts";
import { NOW_HEADER, type SandboxContext } from "../model/context.ts";
import { getPayment } from "../model/payments.ts";
import type { Payment, Subscription } from "../model/state/entities.ts";
import { getSubscription } from "../model/subscriptions.ts";

export function pathId(request: FastifyRequest): string {
  return (request.params as { id?: string }).id ?? "";
}

/** @throws ApiError `INVALID_REQUEST_BODY`, which names the field */
export function parseRequestBody<Schema extends z.ZodType>(
  request: FastifyRequest,
  schema: Schema,
): z.infer<Schema> {
  return parseBody(schema, request.body ?? {});
}

/** The time that the request claims, in milliseconds since 1970. */
export function claimedTime(request: FastifyRequest): number | null {
  const claimed = Number(request.headers[NOW_HEADER] ?? Number.NaN);
  return Number.isSafeInteger(claimed) ? claimed : null;
}

/** Moves the subscription's clock to the time that the request claims. */
export function subscriptionFromPath(
  context: SandboxContext,
  request: FastifyRequest,
): Subscription {
  const subscription = getSubscription(context, pathId(request));
  advanceClock(context, subscription, claimedTime(request));
  return subscription;
}

/** A payment without a subscription has no clock, so it takes the time that the request claims. */
export function paymentFromPath(context: SandboxContext, request: FastifyRequest): Payment {
  const payment = getPayment(context, pathId(request));
  if (payment.subscriptionIds.length === 0) {
    payment.updatedAt = Math.max(payment.updatedAt, claimedTime(request) ?? 0);
  }
  return payment;
}

const filterSchema = z.object({ subscriptionId: z.string().optional() });

export function subscriptionFilter(request: FastifyRequest): string | undefined {
  return parseBody(filterSchema, request.query).subscriptionId;
}
