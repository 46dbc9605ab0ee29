import Fastify, { type FastifyInstance } from "fastify";
import type { Instant } from "../domain/values/time.ts";
import type { Brand } from "../platform/customer/brand.ts";
import type { LinkSigner } from "../platform/link-token.ts";
import type { Log } from "../platform/log.ts";
import { addApi, type ApiDependencies } from "./api/api.ts";
import { addPayRoutes } from "./customer/pay-route.ts";
import { addHealthRoutes } from "./health-route.ts";
import type { Checkouts } from "./temporal/checkouts.ts";
import type { Recoveries } from "./temporal/recoveries.ts";
import { addDodoWebhookRoute } from "./webhook/dodo-webhook-route.ts";

export type AppDependencies = ApiDependencies & {
  /** `whsec_…`; any of them may have signed a webhook. */
  readonly webhookKeys: readonly string[];
  readonly recoveries: Recoveries;
  readonly checkouts: Checkouts;
  readonly links: LinkSigner;
  readonly brand: Brand;
  readonly publicUrl: string;
  readonly log: Log;
  readonly now: () => Instant;
};

/** The gateway, built and not listening: tests call it without a port. */
export function buildApp(dependencies: AppDependencies): FastifyInstance {
  const app = Fastify({
    logger: false,
    // Dodo waits 15 s for an answer; a client that sends slower than that is not Dodo.
    requestTimeout: 15_000,
    connectionTimeout: 30_000,
    keepAliveTimeout: 30_000,
    routerOptions: { maxParamLength: 1_200 },
  });
  // Signatures are over the raw bytes, whatever the sender calls them: nothing is parsed on the way in.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
  app.setErrorHandler(async (error, _request, reply) => {
    const status = statusOf(error);
    if (status >= 500) dependencies.log.error({ event: "request_failed", err: error });
    return await reply.code(status).send({ error: status === 413 ? "too large" : "failed" });
  });
  app.setNotFoundHandler(
    async (_request, reply) => await reply.code(404).send({ error: "not found" }),
  );
  addDodoWebhookRoute(app, dependencies);
  addPayRoutes(app, dependencies);
  addHealthRoutes(app, dependencies.recoveries);
  addApi(app, dependencies);
  return app;
}

function statusOf(error: unknown): number {
  const status =
    typeof error === "object" && error !== null && "statusCode" in error ? error.statusCode : 500;
  return typeof status === "number" && status >= 400 ? status : 500;
}
