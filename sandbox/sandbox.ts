import Fastify, { type FastifyInstance } from "fastify";
import { addApiRoutes } from "./api/routes.ts";
import { createSandboxClient, type SandboxClient } from "./control/client.ts";
import { addConsole, type ExtraAction } from "./pages/console-page.ts";
import { addControlRoutes } from "./control/control-routes.ts";
import { addHostedPages } from "./pages/hosted-page.ts";
import { addPortalPages } from "./pages/portal-page.ts";
import { createRateLimiter } from "./api/rate-limiter.ts";
import { ApiError } from "./model/errors.ts";
import { updateSettings, DEFAULT_SETTINGS, type SettingsPatch } from "./settings.ts";
import { clearStore, createStore } from "./model/state/entities.ts";
import { createTimers } from "./model/timers.ts";
import { webhookBody } from "./webhooks/webhook-body.ts";
import { createWebhooks } from "./webhooks/webhooks.ts";
import type { SandboxContext } from "./model/context.ts";

export type SandboxOptions = {
  /** 0 = any free one, which is the default. */
  readonly port?: number;
  readonly host?: string;
  /** Where links point, if not to the address it listens on. */
  readonly publicUrl?: string;
  /** Laid over `DEFAULT_SETTINGS`; a reset goes back to these. */
  readonly settings?: SettingsPatch;
  /** Buttons on the console page, beside each subscription. */
  readonly extraActions?: readonly ExtraAction[];
};

export type Sandbox = {
  /** Base of the API, of the control routes and of the pages; no slash at the end. */
  readonly url: string;
  readonly port: number;
  readonly apiKey: string;
  /** The key its webhooks are signed with, as started. */
  readonly webhookKey: string;
  readonly control: SandboxClient;
  /** Ends every timer, request and delivery. */
  readonly close: () => Promise<void>;
};

const BODY_BYTES_MAX = 1024 * 1024;

/** Starts a Dodo that listens on this machine. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const context = createWorld(options.settings ?? {});
  const { apiKey, webhookKey } = context.settings;
  const app = buildServer(context, options);
  const listened = await app.listen({ port: options.port ?? 0, host: options.host ?? "127.0.0.1" });
  context.publicUrl = (options.publicUrl ?? listened).replace(/\/$/, "");
  return {
    url: listened,
    port: Number(new URL(listened).port),
    apiKey,
    webhookKey,
    control: createSandboxClient(listened),
    close: async () => {
      context.timers.stop();
      await app.close();
      context.timers.stop();
    },
  };
}

function createWorld(patch: SettingsPatch): SandboxContext {
  const store = createStore();
  const settings = structuredClone(DEFAULT_SETTINGS);
  updateSettings(settings, patch);
  const timers = createTimers();
  const context: SandboxContext = {
    store,
    settings,
    timers,
    webhooks: createWebhooks({
      store,
      settings,
      timers,
      bodyOf: (delivery) => webhookBody(context, delivery),
    }),
    publicUrl: "",
  };
  return context;
}

function buildServer(context: SandboxContext, options: SandboxOptions): FastifyInstance {
  // Open requests, hung ones among them, end with the server.
  const app = Fastify({ forceCloseConnections: true, bodyLimit: BODY_BYTES_MAX });
  addParsers(app);
  app.setErrorHandler((error, _request, reply) => {
    const { code, message, status } = refusalOf(error);
    return reply.code(status).send({ code, message });
  });
  const limiter = createRateLimiter();
  const started = structuredClone(context.settings);
  addApiRoutes(app, context, limiter);
  addHostedPages(app, context);
  addPortalPages(app, context);
  addConsole(app, context, options.extraActions ?? []);
  addControlRoutes(app, context, () => {
    context.timers.stop();
    clearStore(context.store);
    limiter.reset();
    Object.assign(context.settings, structuredClone(started));
  });
  return app;
}

/** An empty body is none: the SDK sends the header in any case. Forms come from the pages. */
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

function refusalOf(error: unknown): ApiError {
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
