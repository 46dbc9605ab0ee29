/** The part of Dodo's API that a recovery needs, through Dodo's own SDK. */
import type { FastifyInstance } from "fastify";
import type { SandboxContext } from "../model/context.ts";
import type { RateLimiter } from "./rate-limiter.ts";
import { createHandler, handleUnknownRoute } from "./request-pipeline.ts";
import type { Route } from "./route.ts";
import { CHECKOUT_ROUTES } from "./routes/checkouts.ts";
import { CUSTOMER_ROUTES } from "./routes/customers.ts";
import { DISPUTE_ROUTES } from "./routes/disputes.ts";
import { PAYMENT_ROUTES } from "./routes/payments.ts";
import { PRODUCT_ROUTES } from "./routes/products.ts";
import { SUBSCRIPTION_ROUTES } from "./routes/subscriptions.ts";
import { WEBHOOK_ROUTES } from "./routes/webhooks.ts";

const API_ROUTES: readonly Route[] = [
  ...SUBSCRIPTION_ROUTES,
  ...PAYMENT_ROUTES,
  ...CUSTOMER_ROUTES,
  ...CHECKOUT_ROUTES,
  ...DISPUTE_ROUTES,
  ...PRODUCT_ROUTES,
  ...WEBHOOK_ROUTES,
];

export function addApiRoutes(
  app: FastifyInstance,
  context: SandboxContext,
  limiter: RateLimiter,
): void {
  for (const route of API_ROUTES) {
    app.route({
      method: route.method,
      url: route.path,
      handler: createHandler(context, limiter, route),
    });
  }
  app.setNotFoundHandler((request, reply) => handleUnknownRoute(context, request, reply));
}
