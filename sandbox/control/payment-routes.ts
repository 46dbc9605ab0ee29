import type { FastifyInstance } from "fastify";
import { advanceClock } from "../model/clock.ts";
import type { SandboxContext } from "../model/context.ts";
import {
  buyAgain,
  changePaymentMethod,
  payAsCustomer,
  payWithCard,
} from "../model/customer-actions.ts";
import { useSavedMethod } from "../model/dues.ts";
import {
  claimedTime,
  parseRequestBody,
  paymentFromPath,
  subscriptionFromPath,
} from "./control-request.ts";
import * as inputs from "./inputs.ts";
import {
  chargeAsMerchant,
  disputePayment,
  insertPayment,
  refundPayment,
  settlePayment,
} from "./payment-actions.ts";

export function addPaymentRoutes(app: FastifyInstance, context: SandboxContext): void {
  addSubscriptionPaymentRoutes(app, context);
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
    const input = parseRequestBody(request, inputs.refundInput);
    return { refundId: refundPayment(context, payment, input) };
  });
  app.post("/sandbox/payments/:id/dispute", (request) => {
    const payment = paymentFromPath(context, request);
    const input = parseRequestBody(request, inputs.disputeInput);
    return { disputeId: disputePayment(context, payment, input) };
  });
}

function addSubscriptionPaymentRoutes(app: FastifyInstance, context: SandboxContext): void {
  app.post("/sandbox/subscriptions/:id/charge", (request) => {
    const input = parseRequestBody(request, inputs.merchantChargeInput);
    const subscription = subscriptionFromPath(context, request);
    const payment = chargeAsMerchant(context, subscription, input, claimedTime(request));
    return { paymentId: payment.paymentId };
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
  app.post("/sandbox/subscriptions/:id/buy-again", (request) => {
    const { card } = parseRequestBody(request, inputs.cardInput);
    const subscription = subscriptionFromPath(context, request);
    const now = advanceClock(context, subscription, claimedTime(request));
    const { paymentId, status, subscriptionIds } = buyAgain(context, subscription, card, now);
    return { paymentId, status, subscriptionId: subscriptionIds[0] ?? null };
  });
  app.post("/sandbox/subscriptions/:id/saved-method", (request) => {
    const { methodId } = parseRequestBody(request, inputs.savedMethodInput);
    const subscription = subscriptionFromPath(context, request);
    const payment = useSavedMethod(context, subscription, methodId, subscription.currentTime);
    return { paymentId: payment?.paymentId ?? null };
  });
}
