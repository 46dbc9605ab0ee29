/** The steps of every request to Dodo's API: log, rate limit, API key, fault, route. */
import type { FastifyReply, FastifyRequest } from "fastify";
import { takeRequestFault } from "../faults/request-faults.ts";
import { type SandboxContext, wallNow } from "../model/context.ts";
import { ApiError, notFound } from "../model/errors.ts";
import type { Answer } from "../model/state/keyed-request.ts";
import type { RequestEntry } from "../model/state/logs.ts";
import { respond } from "./fault-injection.ts";
import { type KeyedCall, keyedCall } from "./idempotency.ts";
import type { RateLimiter } from "./rate-limiter.ts";
import { closeEntry, logRequest, recordDisconnect } from "./request-log.ts";
import type { ApiCall, Params, Route } from "./route.ts";

type Handler = (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>;

export function createHandler(
  context: SandboxContext,
  limiter: RateLimiter,
  route: Route,
): Handler {
  return async (request, reply) => {
    const params = request.params as Params;
    const query = request.query as Params;
    const entry = logRequest(context, request, {
      route: route.path,
      mutating: route.mutating,
      subscriptionId: route.subscriptionIdOf(context.store, params, query),
    });
    recordDisconnect(entry, reply);
    void reply.header("x-request-id", entry.requestId);
    void reply.header("date", new Date(wallNow(context.settings)).toUTCString());
    const call: ApiCall = {
      context,
      params,
      query,
      body: request.body,
      requestTime: entry.sandboxNow ?? wallNow(context.settings),
      entry,
    };
    let keyed: KeyedCall | null = null;
    try {
      const limit = limiter.take(context.settings.rateLimit, Date.now());
      void reply.headers(limit.headers);
      authorize(context, request, route);
      keyed = keyedCall(call, route, request);
      if (keyed.replay !== null) return replayed(keyed.replay, entry, reply);
      if (!limit.allowed) throw new ApiError("TOO_MANY_REQUESTS", "Rate limit exceeded");
      const fault = takeRequestFault(context.store.faults, {
        method: route.method,
        route: route.path,
        subscriptionId: entry.subscriptionId,
      });
      entry.fault = fault?.kind ?? null;
      return await respond(rememberingRoute(route, keyed), call, fault, reply);
    } catch (error) {
      return sendError(context, entry, reply, error, keyed?.remember);
    } finally {
      keyed?.forget();
    }
  };
}

/** Logs the request and answers 404. */
export function handleUnknownRoute(
  context: SandboxContext,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const mutating = request.method !== "GET" && request.method !== "HEAD";
  const entry = logRequest(context, request, { route: null, mutating, subscriptionId: null });
  void reply.header("x-request-id", entry.requestId);
  return sendError(context, entry, reply, notFound(`${request.method} ${request.url}`));
}

function authorize(
  { settings }: SandboxContext,
  request: FastifyRequest,
  { mutating }: Route,
): void {
  if (request.headers.authorization !== `Bearer ${settings.apiKey}`) {
    throw new ApiError("UNAUTHORIZED", "Missing or invalid API key");
  }
  if (mutating && settings.readOnlyKey) {
    throw new ApiError("RBAC_ACCESS_DENIED", "This key has read access only");
  }
}

/** Stores what the route makes, even if the answer does not arrive. */
function rememberingRoute(route: Route, { remember }: KeyedCall): Route {
  return {
    ...route,
    handle: (call) => {
      const body = route.handle(call);
      remember({ status: 200, body });
      return body;
    },
  };
}

function replayed(
  { status, body }: Answer,
  entry: RequestEntry,
  reply: FastifyReply,
): FastifyReply {
  closeEntry(entry, "answered", status);
  return reply.code(status).header("idempotent-replayed", "true").send(body);
}

function sendError(
  { settings }: SandboxContext,
  entry: RequestEntry,
  reply: FastifyReply,
  error: unknown,
  remember: KeyedCall["remember"] = () => undefined,
): FastifyReply {
  const { code, message, status } =
    error instanceof ApiError
      ? error
      : new ApiError(
          "INTERNAL_SERVER_ERROR",
          error instanceof Error ? error.message : "Unknown error",
        );
  entry.refusal = code;
  // A fault sets its status itself.
  const answered = entry.fault === null ? (settings.errorStatus[code] ?? status) : status;
  closeEntry(entry, "answered", answered);
  remember({ status: answered, body: { code, message } });
  return reply.code(answered).send({ code, message });
}
