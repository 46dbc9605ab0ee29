import type { FastifyInstance } from "fastify";
import { wallNow, type SandboxContext } from "../model/context.ts";
import { cancelAsCustomer } from "../model/customer-actions.ts";
import { addPaymentMethod, createCustomer, getCustomer } from "../model/customers.ts";
import { cardSpecOf } from "../model/state/cards.ts";
import { createSubscription, updateSubscription } from "../model/subscriptions.ts";
import { claimedTime, parseRequestBody, pathId, subscriptionFromPath } from "./control-request.ts";
import {
  cancelInput,
  cardInput,
  customerInput,
  subscriptionInput,
  subscriptionPatchInput,
} from "./inputs.ts";

/** Customers, their payment methods, and their subscriptions. */
export function addCustomerRoutes(app: FastifyInstance, context: SandboxContext): void {
  app.post("/sandbox/customers", (request) => {
    const now = claimedTime(request) ?? wallNow(context.settings);
    const customer = createCustomer(context, parseRequestBody(request, customerInput), now);
    const methodIds = customer.methods.map(({ paymentMethodId }) => paymentMethodId);
    return { customerId: customer.customerId, methodIds };
  });
  app.post("/sandbox/customers/:id/payment-methods", (request) => {
    const customer = getCustomer(context, pathId(request));
    const { card } = parseRequestBody(request, cardInput);
    const method = addPaymentMethod(customer, cardSpecOf(card), wallNow(context.settings));
    return { methodId: method.paymentMethodId };
  });
  app.post("/sandbox/subscriptions", (request) => {
    const input = parseRequestBody(request, subscriptionInput);
    const createdAt = input.createdAt ?? claimedTime(request) ?? wallNow(context.settings);
    const { subscriptionId, customerId, methodId } = createSubscription(context, {
      ...input,
      createdAt,
    });
    return { subscriptionId, customerId, methodId };
  });
  app.patch("/sandbox/subscriptions/:id", (request) => {
    const subscription = subscriptionFromPath(context, request);
    updateSubscription(subscription, parseRequestBody(request, subscriptionPatchInput));
    return {};
  });
  app.post("/sandbox/subscriptions/:id/cancel", (request) => {
    const subscription = subscriptionFromPath(context, request);
    cancelAsCustomer(context, subscription, parseRequestBody(request, cancelInput).when);
    return { status: subscription.status };
  });
}
