/**
 * The control API under `/sandbox/`, through which tests and the demo drive the sandbox. It needs no key: the sandbox
 * listens on one machine.
 */
import type { FastifyInstance } from "fastify";
import type { SandboxContext } from "../model/context.ts";
import { settingsPatchSchema, updateSettings } from "../settings.ts";
import { parseRequestBody } from "./control-request.ts";
import { addCustomerRoutes } from "./customer-routes.ts";
import { addFaultRoutes } from "./fault-routes.ts";
import { addLogRoutes } from "./log-routes.ts";
import { addPaymentRoutes } from "./payment-routes.ts";

export function addControlRoutes(
  app: FastifyInstance,
  context: SandboxContext,
  reset: () => void,
): void {
  addCustomerRoutes(app, context);
  addPaymentRoutes(app, context);
  addFaultRoutes(app, context);
  addLogRoutes(app, context);
  app.get("/sandbox/settings", () => context.settings);
  app.patch("/sandbox/settings", (request) => {
    updateSettings(context.settings, parseRequestBody(request, settingsPatchSchema));
    return context.settings;
  });
  app.post("/sandbox/reset", () => {
    reset();
    return {};
  });
}
