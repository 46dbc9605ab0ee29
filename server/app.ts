import Fastify, { type FastifyInstance } from "fastify";
import { randomUUID } from "node:crypto";
import type { Tracing } from "../platform/traces/tracing.ts";
import { addApi, type ApiDependencies } from "./api/api.ts";
import type { CustomerPageDependencies } from "./customer/customer-request.ts";
import { invalidLinkPage } from "./customer/invalid-link-page.ts";
import { addPayRoutes } from "./customer/pay-route.ts";
import { badRequestOptions, noSuchRoute } from "./bad-request.ts";
import { sendProblem } from "./api/problem.ts";
import { addRouteTable } from "./routes.ts";
import { traceRequests } from "./trace-requests.ts";
import { addSecurityHeaders } from "./security-headers.ts";
import { limitConnections } from "./connections.ts";
import { trustOf, type TrustProxy } from "./client-address.ts";
import { addHealthRoutes, type HealthDependencies } from "./health-route.ts";
import {
  addDodoWebhookRoute,
  type WebhookRouteDependencies,
} from "./webhook/dodo-webhook-route.ts";

export type AppDependencies = {
  readonly trustProxy: TrustProxy;
  /** Absent: no traces. */
  readonly tracing?: Tracing | null;
} & ApiDependencies &
  CustomerPageDependencies &
  WebhookRouteDependencies &
  HealthDependencies;

/** Of each kind. Dodo, a proxy and some customers need a few dozen. */
const CONNECTIONS_MAX = 500;

/** Builds the gateway without listening, so tests need no port. */
export function buildApp(dependencies: AppDependencies): FastifyInstance {
  const { publicUrl, trustProxy } = dependencies;
  const app = Fastify({
    logger: false,
    trustProxy: trustOf(trustProxy),
    ...badRequestOptions(publicUrl, invalidLinkPage(dependencies)),
    // Dodo waits 15 s for an answer, so a slower request is not Dodo's.
    requestTimeout: 15_000,
    connectionTimeout: 30_000,
    keepAliveTimeout: 30_000,
    // Node looks for requests that take too long every 30 s, unless told otherwise.
    http: { headersTimeout: 10_000, connectionsCheckingInterval: 1_000 },
    routerOptions: { maxParamLength: 1_200 },
    // Never the caller's own.
    genReqId: () => randomUUID(),
  });
  limitConnections(app, CONNECTIONS_MAX);
  addRouteTable(app);
  if (dependencies.tracing != null) traceRequests(app, dependencies.tracing);
  addSecurityHeaders(app, publicUrl);
  // Signatures cover the raw bytes, so bodies stay unparsed whatever their content type.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
  app.setErrorHandler(async (error, request, reply) => {
    const status = statusOf(error);
    if (status >= 500) {
      dependencies.log.error({ event: "request_failed", requestId: request.id, err: error });
    }
    return await reply.code(status).send({ error: status === 413 ? "too large" : "failed" });
  });
  app.setNotFoundHandler(
    async (request, reply) => await sendProblem(reply, noSuchRoute(request, reply)),
  );
  addDodoWebhookRoute(app, dependencies);
  addPayRoutes(app, dependencies);
  addHealthRoutes(app, dependencies);
  addApi(app, dependencies);
  return app;
}

function statusOf(error: unknown): number {
  const status =
    typeof error === "object" && error !== null && "statusCode" in error ? error.statusCode : 500;
  return typeof status === "number" && status >= 400 ? status : 500;
}
