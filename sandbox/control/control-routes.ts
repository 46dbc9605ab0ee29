/** The routes under `/sandbox/`, by which tests and the demo rule this world. No key: it listens on one machine. */
import type { FastifyInstance, FastifyRequest } from "fastify";
import { z } from "zod";
import { parseBody } from "../model/charge-rules.ts";
import {
  createPayment,
  disputePayment,
  merchantCharges,
  paymentAt,
  refundPayment,
  sendEvent,
  settlePayment,
} from "./payment-actions.ts";
import * as inputs from "./inputs.ts";
import {
  addMethod,
  cancelAsCustomer,
  changeMethod,
  payAsCustomer,
  payWith,
  specOf,
} from "../model/customer-actions.ts";
import { updateMethod } from "../model/dues.ts";
import { requestFaultSchema, webhookFaultSchema } from "../faults/request-faults.ts";
import { newId } from "../model/state/ids.ts";
import { ledgerOf } from "./ledger.ts";
import { timeOf } from "../model/lifecycle.ts";
import {
  changeSubscription,
  createCustomer,
  createSubscription,
  customerAt,
  customerSchema,
  subscriptionAt,
  subscriptionPatchSchema,
  subscriptionSchema,
} from "../model/customers.ts";
import { notFound } from "../model/errors.ts";
import { changeSettings, settingsPatchSchema } from "../settings.ts";
import { paymentsOf, type Payment, type Subscription } from "../model/state/entities.ts";
import { NOW_HEADER, wallNow, type World } from "../model/context.ts";

function idOf(request: FastifyRequest): string {
  return (request.params as { id?: string }).id ?? "";
}

function bodyOf<Schema extends z.ZodType>(
  request: FastifyRequest,
  schema: Schema,
): z.infer<Schema> {
  return parseBody(schema, request.body ?? {});
}

function askedOf(request: FastifyRequest): number | null {
  const claimed = Number(request.headers[NOW_HEADER] ?? Number.NaN);
  return Number.isSafeInteger(claimed) ? claimed : null;
}

/** The subscription of a control route, at the time the request claims. */
function subscriptionOf(world: World, request: FastifyRequest): Subscription {
  const subscription = subscriptionAt(world, idOf(request));
  timeOf(world, subscription, askedOf(request));
  return subscription;
}

/** The payment of a control route. One of no subscription has no other clock than the request's claim. */
function paymentOf(world: World, request: FastifyRequest): Payment {
  const payment = paymentAt(world, idOf(request));
  if (payment.subscriptionIds.length === 0) {
    payment.updatedAt = Math.max(payment.updatedAt, askedOf(request) ?? 0);
  }
  return payment;
}

export function addControlRoutes(app: FastifyInstance, world: World, reset: () => void): void {
  addPeopleRoutes(app, world);
  addPaymentRoutes(app, world);
  addFaultRoutes(app, world);
  addRecordRoutes(app, world);
  app.post("/sandbox/reset", () => {
    reset();
    return {};
  });
}

function addPeopleRoutes(app: FastifyInstance, world: World): void {
  app.post("/sandbox/customers", (request) => {
    const now = askedOf(request) ?? wallNow(world.settings);
    const customer = createCustomer(world, bodyOf(request, customerSchema), now);
    const methodIds = customer.methods.map(({ paymentMethodId }) => paymentMethodId);
    return { customerId: customer.customerId, methodIds };
  });
  app.post("/sandbox/customers/:id/payment-methods", (request) => {
    const customer = customerAt(world, idOf(request));
    const { card } = bodyOf(request, inputs.cardInput);
    const method = addMethod(customer, specOf(card), wallNow(world.settings));
    return { methodId: method.paymentMethodId };
  });
  app.post("/sandbox/subscriptions", (request) => {
    const input = bodyOf(request, subscriptionSchema);
    const createdAt = input.createdAt ?? askedOf(request) ?? wallNow(world.settings);
    const { subscriptionId, customerId, methodId } = createSubscription(world, {
      ...input,
      createdAt,
    });
    return { subscriptionId, customerId, methodId };
  });
  app.patch("/sandbox/subscriptions/:id", (request) => {
    const subscription = subscriptionOf(world, request);
    changeSubscription(subscription, bodyOf(request, subscriptionPatchSchema));
    return {};
  });
  app.post("/sandbox/subscriptions/:id/cancel", (request) => {
    const subscription = subscriptionOf(world, request);
    cancelAsCustomer(world, subscription, bodyOf(request, inputs.cancelInput).when);
    return { status: subscription.status };
  });
}

function addPaymentRoutes(app: FastifyInstance, world: World): void {
  app.post("/sandbox/subscriptions/:id/charge", (request) => {
    const input = bodyOf(request, inputs.merchantChargeInput);
    const subscription = subscriptionOf(world, request);
    return { paymentId: merchantCharges(world, subscription, input, askedOf(request)).paymentId };
  });
  app.post("/sandbox/subscriptions/:id/pay", (request) => {
    const { card } = bodyOf(request, inputs.cardInput);
    const payment = payAsCustomer(world, subscriptionOf(world, request), card);
    return { paymentId: payment.paymentId, status: payment.status };
  });
  app.post("/sandbox/subscriptions/:id/payment-method", (request) => {
    const { card } = bodyOf(request, inputs.cardInput);
    const payment = changeMethod(world, subscriptionOf(world, request), card);
    return { paymentId: payment.paymentId, status: payment.status };
  });
  app.post("/sandbox/subscriptions/:id/saved-method", (request) => {
    const { methodId } = bodyOf(request, inputs.savedMethodInput);
    const subscription = subscriptionOf(world, request);
    const body = { type: "existing", payment_method_id: methodId } as const;
    const answer = updateMethod(world, subscription, body, subscription.seenAt);
    return { paymentId: answer.payment_id };
  });
  app.post("/sandbox/payments", (request) => {
    const input = bodyOf(request, inputs.paymentInput);
    const { paymentId, customerId } = createPayment(world, input, askedOf(request));
    return { paymentId, customerId };
  });
  app.post("/sandbox/payments/:id/settle", (request) => {
    const payment = paymentOf(world, request);
    settlePayment(world, payment, bodyOf(request, inputs.settleInput));
    return { paymentId: payment.paymentId, status: payment.status };
  });
  app.post("/sandbox/payments/:id/pay", (request) => {
    const payment = paymentOf(world, request);
    payWith(world, payment, bodyOf(request, inputs.cardInput).card);
    return { paymentId: payment.paymentId, status: payment.status };
  });
  app.post("/sandbox/payments/:id/refund", (request) => {
    const payment = paymentOf(world, request);
    return { refundId: refundPayment(world, payment, bodyOf(request, inputs.refundInput)) };
  });
  app.post("/sandbox/payments/:id/dispute", (request) => {
    const payment = paymentOf(world, request);
    return { disputeId: disputePayment(world, payment, bodyOf(request, inputs.disputeInput)) };
  });
}

function addFaultRoutes(app: FastifyInstance, world: World): void {
  const { faults, webhookFaults } = world.books;
  app.post("/sandbox/faults", (request) => {
    const fault = { ...bodyOf(request, requestFaultSchema), faultId: newId("flt") };
    faults.push(fault);
    return { faultId: fault.faultId };
  });
  app.get("/sandbox/faults", () => ({ faults, webhookFaults }));
  app.delete("/sandbox/faults", (request) => {
    const { subscriptionId } = parseBody(recordFilter, request.query);
    removeOf(faults, subscriptionId);
    removeOf(webhookFaults, subscriptionId);
    return {};
  });
  app.post("/sandbox/webhook-faults", (request) => {
    const fault = { ...bodyOf(request, webhookFaultSchema), faultId: newId("flt") };
    webhookFaults.push(fault);
    return { faultId: fault.faultId };
  });
  app.delete("/sandbox/webhook-faults", (request) => {
    removeOf(webhookFaults, parseBody(recordFilter, request.query).subscriptionId);
    return {};
  });
  app.get("/sandbox/settings", () => world.settings);
  app.patch("/sandbox/settings", (request) => {
    changeSettings(world.settings, bodyOf(request, settingsPatchSchema));
    return world.settings;
  });
}

const recordFilter = z.object({ subscriptionId: z.string().optional() });

function addRecordRoutes(app: FastifyInstance, world: World): void {
  const { requests, deliveries } = world.books;
  app.get("/sandbox/ledger", (request) =>
    ledgerOf(world, parseBody(recordFilter, request.query).subscriptionId),
  );
  app.get("/sandbox/subscriptions/:id/quiet", (request) => {
    const id = subscriptionAt(world, idOf(request)).subscriptionId;
    const isSettling = paymentsOf(world.books, id).some(({ settling }) => settling);
    const isTelling = ofSubscription(deliveries, id).some(
      ({ state, sending }) => state === "waiting" || sending > 0,
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
    const input = bodyOf(request, inputs.eventInput);
    return { deliveryId: sendEvent(world, input, askedOf(request)).deliveryId };
  });
  app.post("/sandbox/deliveries/:id/resend", (request) => {
    const delivery = deliveries.find(({ deliveryId }) => deliveryId === idOf(request));
    if (delivery === undefined) throw notFound("Delivery");
    world.webhooks.resend(delivery);
    return {};
  });
  app.post("/sandbox/deliveries/replay", (request) => {
    const { state, subscriptionId } = bodyOf(request, inputs.replayInput);
    const chosen = ofSubscription(deliveries, subscriptionId).filter(
      (delivery) => state === undefined || delivery.state === state,
    );
    for (const delivery of chosen) world.webhooks.resend(delivery);
    return { resent: chosen.length };
  });
}

/** Takes a subscription's own out of the list; all where none is named. */
function removeOf(list: { readonly subscriptionId?: string | undefined }[], id?: string): void {
  const kept = id === undefined ? [] : list.filter(({ subscriptionId }) => subscriptionId !== id);
  list.splice(0, list.length, ...kept);
}

function ofSubscription<Entry extends { readonly subscriptionId: string | null }>(
  entries: readonly Entry[],
  id: string | undefined,
): readonly Entry[] {
  return id === undefined ? entries : entries.filter(({ subscriptionId }) => subscriptionId === id);
}
