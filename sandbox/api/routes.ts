import type { FastifyInstance } from "fastify";
import { CHECKOUT_ROUTES } from "./checkout-routes.ts";
import { CUSTOMER_ROUTES } from "./customer-routes.ts";
import { DISPUTE_ROUTES } from "./dispute-routes.ts";
import { createHandler, handleUnknownRoute, type Route } from "./request-pipeline.ts";
import { PAYMENT_ROUTES } from "./payment-routes.ts";
import type { RateLimiter } from "./rate-limiter.ts";
import { SUBSCRIPTION_ROUTES } from "./subscription-routes.ts";
import { WEBHOOK_ROUTES } from "./webhook-routes.ts";
import type { SandboxContext } from "../model/context.ts";

/** The part of Dodo's API that its SDK needs for recoveries. */
export const API_ROUTES: readonly Route[] = [
  ...SUBSCRIPTION_ROUTES,
  ...PAYMENT_ROUTES,
  ...CUSTOMER_ROUTES,
  ...CHECKOUT_ROUTES,
  ...DISPUTE_ROUTES,
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
