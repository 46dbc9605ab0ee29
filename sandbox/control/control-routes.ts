/** The routes under `/sandbox/`, by which tests and the demo rule this context. No key: it listens on one machine. */
import type { FastifyInstance, FastifyRequest } from "fastify";
import { z } from "zod";
import { parseBody } from "../model/charge-rules.ts";
import {
  insertPayment,
  disputePayment,
  chargeAsMerchant,
  getPayment,
  refundPayment,
  sendEvent,
  settlePayment,
} from "./payment-actions.ts";
import * as inputs from "./inputs.ts";
import {
  addPaymentMethod,
  cancelAsCustomer,
  changePaymentMethod,
  payAsCustomer,
  payWithCard,
  cardSpecOf,
} from "../model/customer-actions.ts";
import { updatePaymentMethod } from "../model/dues.ts";
import { requestFaultSchema, webhookFaultSchema } from "../faults/request-faults.ts";
import { newId } from "../model/state/ids.ts";
import { ledgerOf } from "./ledger.ts";
import { advanceClock } from "../model/lifecycle.ts";
import {
  updateSubscription,
  createCustomer,
  createSubscription,
  getCustomer,
  customerSchema,
  getSubscription,
  subscriptionPatchSchema,
  subscriptionSchema,
} from "../model/customers.ts";
import { notFound } from "../model/errors.ts";
import { updateSettings, settingsPatchSchema } from "../settings.ts";
import { paymentsOf, type Payment, type Subscription } from "../model/state/entities.ts";
import { NOW_HEADER, wallNow, type SandboxContext } from "../model/context.ts";

function pathId(request: FastifyRequest): string {
  return (request.params as { id?: string }).id ?? "";
}

function parseRequestBody<Schema extends z.ZodType>(
  request: FastifyRequest,
  schema: Schema,
): z.infer<Schema> {
  return parseBody(schema, request.body ?? {});
}

function claimedTime(request: FastifyRequest): number | null {
  const claimed = Number(request.headers[NOW_HEADER] ?? Number.NaN);
  return Number.isSafeInteger(claimed) ? claimed : null;
}

/** The subscription of a control route, at the time the request claims. */
function subscriptionFromPath(context: SandboxContext, request: FastifyRequest): Subscription {
  const subscription = getSubscription(context, pathId(request));
  advanceClock(context, subscription, claimedTime(request));
  return subscription;
}

/** The payment of a control route. One of no subscription has no other clock than the request's claim. */
function paymentFromPath(context: SandboxContext, request: FastifyRequest): Payment {
  const payment = getPayment(context, pathId(request));
  if (payment.subscriptionIds.length === 0) {
    payment.updatedAt = Math.max(payment.updatedAt, claimedTime(request) ?? 0);
  }
  return payment;
}

export function addControlRoutes(
  app: FastifyInstance,
  context: SandboxContext,
  reset: () => void,
): void {
  addCustomerRoutes(app, context);
  addPaymentRoutes(app, context);
  addFaultRoutes(app, context);
  addRecordRoutes(app, context);
  app.post("/sandbox/reset", () => {
    reset();
    return {};
  });
}

function addCustomerRoutes(app: FastifyInstance, context: SandboxContext): void {
  app.post("/sandbox/customers", (request) => {
    const now = claimedTime(request) ?? wallNow(context.settings);
    const customer = createCustomer(context, parseRequestBody(request, customerSchema), now);
    const methodIds = customer.methods.map(({ paymentMethodId }) => paymentMethodId);
    return { customerId: customer.customerId, methodIds };
  });
  app.post("/sandbox/customers/:id/payment-methods", (request) => {
    const customer = getCustomer(context, pathId(request));
    const { card } = parseRequestBody(request, inputs.cardInput);
    const method = addPaymentMethod(customer, cardSpecOf(card), wallNow(context.settings));
    return { methodId: method.paymentMethodId };
  });
  app.post("/sandbox/subscriptions", (request) => {
    const input = parseRequestBody(request, subscriptionSchema);
    const createdAt = input.createdAt ?? claimedTime(request) ?? wallNow(context.settings);
    const { subscriptionId, customerId, methodId } = createSubscription(context, {
      ...input,
      createdAt,
    });
    return { subscriptionId, customerId, methodId };
  });
  app.patch("/sandbox/subscriptions/:id", (request) => {
    const subscription = subscriptionFromPath(context, request);
    updateSubscription(subscription, parseRequestBody(request, subscriptionPatchSchema));
    return {};
  });
  app.post("/sandbox/subscriptions/:id/cancel", (request) => {
    const subscription = subscriptionFromPath(context, request);
    cancelAsCustomer(context, subscription, parseRequestBody(request, inputs.cancelInput).when);
    return { status: subscription.status };
  });
}

function addPaymentRoutes(app: FastifyInstance, context: SandboxContext): void {
  app.post("/sandbox/subscriptions/:id/charge", (request) => {
    const input = parseRequestBody(request, inputs.merchantChargeInput);
    const subscription = subscriptionFromPath(context, request);
    return {
      paymentId: chargeAsMerchant(context, subscription, input, claimedTime(request)).paymentId,
    };
  });
  app.post("/sandbox/subscriptions/:id/pay", (request) => {
    const { card } = parseRequestBody(request, inputs.cardInput);
    const payment = payAsCustomer(context, subscriptionFromPath(context, request), card);
    return { paymentId: payment.paymentId, status: payment.status };
  });
  app.post("/sandbox/subscriptions/:id/payment-method", (request) => {
    const { card } = parseRequestBody(request, inputs.cardInput);
    const payment = changePaymentMethod(context, subscriptionFromPath(context, request), card);
    return { paymentId: payment.paymentId, status: payment.status };
  });
  app.post("/sandbox/subscriptions/:id/saved-method", (request) => {
    const { methodId } = parseRequestBody(request, inputs.savedMethodInput);
    const subscription = subscriptionFromPath(context, request);
    const body = { type: "existing", payment_method_id: methodId } as const;
    const answer = updatePaymentMethod(context, subscription, body, subscription.currentTime);
    return { paymentId: answer.payment_id };
  });
  app.post("/sandbox/payments", (request) => {
    const input = parseRequestBody(request, inputs.paymentInput);
    const { paymentId, customerId } = insertPayment(context, input, claimedTime(request));
    return { paymentId, customerId };
  });
  app.post("/sandbox/payments/:id/settle", (request) => {
    const payment = paymentFromPath(context, request);
    settlePayment(context, payment, parseRequestBody(request, inputs.settleInput));
    return { paymentId: payment.paymentId, status: payment.status };
  });
  app.post("/sandbox/payments/:id/pay", (request) => {
    const payment = paymentFromPath(context, request);
    payWithCard(context, payment, parseRequestBody(request, inputs.cardInput).card);
    return { paymentId: payment.paymentId, status: payment.status };
  });
  app.post("/sandbox/payments/:id/refund", (request) => {
    const payment = paymentFromPath(context, request);
    return {
      refundId: refundPayment(context, payment, parseRequestBody(request, inputs.refundInput)),
    };
  });
  app.post("/sandbox/payments/:id/dispute", (request) => {
    const payment = paymentFromPath(context, request);
    return {
      disputeId: disputePayment(context, payment, parseRequestBody(request, inputs.disputeInput)),
    };
  });
}

function addFaultRoutes(app: FastifyInstance, context: SandboxContext): void {
  const { faults, webhookFaults } = context.store;
  app.post("/sandbox/faults", (request) => {
    const fault = { ...parseRequestBody(request, requestFaultSchema), faultId: newId("flt") };
    faults.push(fault);
    return { faultId: fault.faultId };
  });
  app.get("/sandbox/faults", () => ({ faults, webhookFaults }));
  app.delete("/sandbox/faults", (request) => {
    const { subscriptionId } = parseBody(recordFilter, request.query);
    removeMatching(faults, subscriptionId);
    removeMatching(webhookFaults, subscriptionId);
    return {};
  });
  app.post("/sandbox/webhook-faults", (request) => {
    const fault = { ...parseRequestBody(request, webhookFaultSchema), faultId: newId("flt") };
    webhookFaults.push(fault);
    return { faultId: fault.faultId };
  });
  app.delete("/sandbox/webhook-faults", (request) => {
    removeMatching(webhookFaults, parseBody(recordFilter, request.query).subscriptionId);
    return {};
  });
  app.get("/sandbox/settings", () => context.settings);
  app.patch("/sandbox/settings", (request) => {
    updateSettings(context.settings, parseRequestBody(request, settingsPatchSchema));
    return context.settings;
  });
}

const recordFilter = z.object({ subscriptionId: z.string().optional() });

function addRecordRoutes(app: FastifyInstance, context: SandboxContext): void {
  const { requests, deliveries } = context.store;
  app.get("/sandbox/ledger", (request) =>
    ledgerOf(context, parseBody(recordFilter, request.query).subscriptionId),
  );
  app.get("/sandbox/subscriptions/:id/quiet", (request) => {
    const id = getSubscription(context, pathId(request)).subscriptionId;
    const isSettling = paymentsOf(context.store, id).some(({ settling }) => settling);
    const isTelling = ofSubscription(deliveries, id).some(
      ({ state, pendingAttempts }) => state === "waiting" || pendingAttempts > 0,
    );
    return { quiet: !isSettling && !isTelling };
  });
  app.get("/sandbox/requests", (request) => {
    const { subscriptionId } = parseBody(recordFilter, request.query);
    return { requests: ofSubscription(requests, subscriptionId) };
  });
  app.get("/sandbox/deliveries", (request) => {
    const { subscriptionId } = parseBody(recordFilter, request.query);
    return { deliveries: ofSubscription(deliveries, subscriptionId) };
  });
  app.post("/sandbox/events", (request) => {
    const input = parseRequestBody(request, inputs.eventInput);
    return { deliveryId: sendEvent(context, input, claimedTime(request)).deliveryId };
  });
  app.post("/sandbox/deliveries/:id/resend", (request) => {
    const delivery = deliveries.find(({ deliveryId }) => deliveryId === pathId(request));
    if (delivery === undefined) throw notFound("Delivery");
    context.webhooks.resend(delivery);
    return {};
  });
  app.post("/sandbox/deliveries/replay", (request) => {
    const { state, subscriptionId } = parseRequestBody(request, inputs.replayInput);
    const chosen = ofSubscription(deliveries, subscriptionId).filter(
      (delivery) => state === undefined || delivery.state === state,
    );
    for (const delivery of chosen) context.webhooks.resend(delivery);
    return { resent: chosen.length };
  });
}

/** Takes a subscription's own out of the list; all where none is named. */
function removeMatching(
  list: { readonly subscriptionId?: string | undefined }[],
  id?: string,
): void {
  const kept = id === undefined ? [] : list.filter(({ subscriptionId }) => subscriptionId !== id);
  list.splice(0, list.length, ...kept);
}

function ofSubscription<Entry extends { readonly subscriptionId: string | null }>(
  entries: readonly Entry[],
  id: string | undefined,
): readonly Entry[] {
  return id === undefined ? entries : entries.filter(({ subscriptionId }) => subscriptionId === id);
}
