import Fastify, { type FastifyInstance } from "fastify";
import { addApiRoutes } from "./api/api.ts";
import { createRateLimiter } from "./api/rate-limiter.ts";
import { addControlRoutes } from "./control/control-api.ts";
import type { SandboxContext } from "./model/context.ts";
import { ApiError } from "./model/errors.ts";
import { clearStore } from "./model/state/store.ts";
import type { ConsoleExtras } from "./pages/console-extras.ts";
import { addConsole } from "./pages/console-page.ts";
import { addHostedPages } from "./pages/hosted-page.ts";
import { addPortalPages } from "./pages/portal-page.ts";

const BODY_BYTES_MAX = 1024 * 1024;

/** The HTTP server with all routes. It does not listen yet. */
export function buildServer(
  context: SandboxContext,
  consoleExtras: ConsoleExtras,
): FastifyInstance {
  // Closing the server also ends requests that a fault keeps open.
  const app = Fastify({ forceCloseConnections: true, bodyLimit: BODY_BYTES_MAX });
  addParsers(app);
  app.setErrorHandler((error, _request, reply) => {
    const { code, message, status } = toApiError(error);
    return reply.code(status).send({ code, message });
  });
  const limiter = createRateLimiter();
  const initialSettings = structuredClone(context.settings);
  addApiRoutes(app, context, limiter);
  addHostedPages(app, context);
  addPortalPages(app, context);
  addConsole(app, context, consoleExtras);
  addControlRoutes(app, context, () => {
    context.timers.stop();
    clearStore(context.store);
    limiter.reset();
    Object.assign(context.settings, structuredClone(initialSettings));
  });
  return app;
}

/** JSON for the APIs, forms for the pages. The SDK declares JSON even without a body, so an empty body is allowed. */
function addParsers(app: FastifyInstance): void {
  app.removeContentTypeParser("application/json");
  app.addContentTypeParser("application/json", { parseAs: "string" }, (_request, body, done) => {
    try {
      const text = String(body);
      done(null, text === "" ? undefined : JSON.parse(text));
    } catch {
      done(new ApiError("INVALID_REQUEST_BODY", "Body is not JSON", 400), undefined);
    }
  });
  app.addContentTypeParser(
    "application/x-www-form-urlencoded",
    { parseAs: "string" },
    (_request, body, done) => done(null, Object.fromEntries(new URLSearchParams(String(body)))),
  );
}

function toApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  const message = error instanceof Error ? error.message : String(error);
  const status =
    error instanceof Error && "statusCode" in error && typeof error.statusCode === "number"
      ? error.statusCode
      : 500;
  return new ApiError(
    status < 500 ? "INVALID_REQUEST_PARAMETERS" : "INTERNAL_SERVER_ERROR",
    message,
    status,
  );
}
