import type { FastifyInstance } from "fastify";
import type { SandboxContext } from "../model/context.ts";
import { notFound } from "../model/errors.ts";
import { paymentsOf } from "../model/state/store.ts";
import { getSubscription } from "../model/subscriptions.ts";
import { claimedTime, parseRequestBody, pathId, subscriptionFilter } from "./control-request.ts";
import { eventInput, replayInput } from "./inputs.ts";
import { ledgerOf } from "./ledger.ts";
import { sendEvent } from "./send-event.ts";

/** The ledger, the logs of requests and webhooks, and webhooks that a test sends. */
export function addLogRoutes(app: FastifyInstance, context: SandboxContext): void {
  const { requests, deliveries } = context.store;
  app.get("/sandbox/ledger", (request) => ledgerOf(context, subscriptionFilter(request)));
  app.get("/sandbox/subscriptions/:id/idle", (request) => {
    const id = getSubscription(context, pathId(request)).subscriptionId;
    const isSettling = paymentsOf(context.store, id).some(({ settling }) => settling);
    const isDelivering = ofSubscription(deliveries, id).some(
      ({ state, pendingAttempts }) => state === "waiting" || pendingAttempts > 0,
    );
    return { idle: !isSettling && !isDelivering };
  });
  app.get("/sandbox/requests", (request) => ({
    requests: ofSubscription(requests, subscriptionFilter(request)),
  }));
  app.get("/sandbox/deliveries", (request) => ({
    deliveries: ofSubscription(deliveries, subscriptionFilter(request)),
  }));
  app.post("/sandbox/events", (request) => {
    const input = parseRequestBody(request, eventInput);
    return { deliveryId: sendEvent(context, input, claimedTime(request)).deliveryId };
  });
  app.post("/sandbox/deliveries/:id/resend", (request) => {
    const delivery = deliveries.find(({ deliveryId }) => deliveryId === pathId(request));
    if (delivery === undefined) throw notFound("Delivery");
    context.webhooks.resend(delivery);
    return {};
  });
  app.post("/sandbox/deliveries/replay", (request) => {
    const { state, subscriptionId } = parseRequestBody(request, replayInput);
    const chosen = ofSubscription(deliveries, subscriptionId).filter(
      (delivery) => state === undefined || delivery.state === state,
    );
    for (const delivery of chosen) context.webhooks.resend(delivery);
    return { resent: chosen.length };
  });
}

function ofSubscription<Entry extends { readonly subscriptionId: string | null }>(
  entries: readonly Entry[],
  id: string | undefined,
): readonly Entry[] {
  return id === undefined ? entries : entries.filter(({ subscriptionId }) => subscriptionId === id);
}
