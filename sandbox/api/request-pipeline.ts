/** Every request to Dodo's API passes here: log, key, rate, faults. */
import type { FastifyReply, FastifyRequest } from "fastify";
import { takeRequestFault, type RequestFault } from "../faults/request-faults.ts";
import { newId } from "../model/state/ids.ts";
import type { RateLimiter } from "./rate-limiter.ts";
import { notFound, ApiError } from "../model/errors.ts";
import { appendToLog, type Store, type RequestEntry } from "../model/state/entities.ts";
import { NOW_HEADER, wallNow, type SandboxContext } from "../model/context.ts";

export type Params = Readonly<Record<string, string | undefined>>;

export type ApiCall = {
  readonly context: SandboxContext;
  readonly params: Params;
  readonly query: Params;
  readonly body: unknown;
  /** The time the request claims, else the wall's. */
  readonly requestTime: number;
  readonly entry: RequestEntry;
};

export type Route = {
  readonly method: "GET" | "POST" | "PATCH";
  /** A pattern, as Fastify reads it. */
  readonly path: string;
  readonly mutating: boolean;
  readonly subscriptionIdOf: (store: Store, params: Params, query: Params) => string | null;
  readonly handle: (call: ApiCall) => unknown;
};

export function createHandler(
  context: SandboxContext,
  limiter: RateLimiter,
  route: Route,
): (request: FastifyRequest, reply: FastifyReply) => Promise<unknown> {
  return async (request, reply) => {
    const params = request.params as Params;
    const query = request.query as Params;
    const entry = logRequest(context, request, {
      route: route.path,
      mutating: route.mutating,
      subscriptionId: route.subscriptionIdOf(context.store, params, query),
    });
    recordDisconnect(entry, reply);
    const call: ApiCall = {
      context,
      params,
      query,
      body: request.body,
      requestTime: entry.sandboxNow ?? wallNow(context.settings),
      entry,
    };
    try {
      const limit = limiter.take(context.settings.rateLimit, Date.now());
      void reply.headers(limit.headers);
      authorize(context, request, route);
      if (!limit.allowed) throw new ApiError("TOO_MANY_REQUESTS", "Rate limit exceeded");
      const fault = takeRequestFault(context.store.faults, {
        method: route.method,
        route: route.path,
        subscriptionId: entry.subscriptionId,
      });
      entry.fault = fault?.kind ?? null;
      return await respond(route, call, fault, reply);
    } catch (error) {
      return sendError(context, entry, reply, error);
    }
  };
}

type RequestTarget = Pick<RequestEntry, "route" | "mutating" | "subscriptionId">;

function logRequest(
  { store }: SandboxContext,
  request: FastifyRequest,
  asked: RequestTarget,
): RequestEntry {
  const claimed = Number(request.headers[NOW_HEADER] ?? Number.NaN);
  const entry: RequestEntry = {
    requestId: newId("req"),
    method: request.method,
    path: request.url,
    ...asked,
    receivedAt: Date.now(),
    sandboxNow: Number.isSafeInteger(claimed) ? claimed : null,
    endedAt: null,
    end: "open",
    status: null,
    refusal: null,
    fault: null,
    paymentId: null,
  };
  appendToLog(store.requests, entry);
  return entry;
}

/** A request that no route takes is logged, and not found. */
export function handleUnknownRoute(
  context: SandboxContext,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const mutating = request.method !== "GET" && request.method !== "HEAD";
  const entry = logRequest(context, request, { route: null, mutating, subscriptionId: null });
  return sendError(context, entry, reply, notFound(`${request.method} ${request.url}`));
}

/** A client that is killed while its request is open leaves a mark in the log. */
function recordDisconnect(entry: RequestEntry, reply: FastifyReply): void {
  reply.raw.once("close", () => {
    if (entry.end === "open") closeEntry(entry, "client_closed", null);
  });
}

function closeEntry(entry: RequestEntry, end: RequestEntry["end"], status: number | null): void {
  entry.end = end;
  entry.status = status;
  entry.endedAt = Date.now();
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
    throw new ApiError("RBAC_ACCESS_DENIED", "This key may only read");
  }
}

async function respond(
  route: Route,
  call: ApiCall,
  fault: RequestFault | null,
  reply: FastifyReply,
): Promise<unknown> {
  switch (fault?.kind) {
    case undefined:
      return answer(call.entry, reply, route.handle(call));
    case "refuse":
      throw new ApiError(fault.code, fault.message ?? "Refused by a fault", fault.status);
    case "error_before":
      throw new ApiError("INTERNAL_SERVER_ERROR", "Failed by a fault", fault.status);
    case "error_after":
      route.handle(call);
      throw new ApiError("INTERNAL_SERVER_ERROR", "Failed by a fault", fault.status);
    case "drop_before":
      return dropConnection(call.entry, reply);
    case "drop_after":
      route.handle(call);
      return dropConnection(call.entry, reply);
    case "hang_before":
      return await hangThenDrop(call, fault.ms, reply);
    case "hang_after":
      route.handle(call);
      return await hangThenDrop(call, fault.ms, reply);
    case "slow":
      // Served even if the client has gone: it cannot know.
      if (!(await call.context.timers.sleep(fault.ms))) return dropConnection(call.entry, reply);
      return answer(call.entry, reply, route.handle(call));
  }
}

function answer(entry: RequestEntry, reply: FastifyReply, body: unknown): FastifyReply {
  if (entry.end === "open") closeEntry(entry, "answered", 200);
  return reply.code(200).send(body);
}

function dropConnection(entry: RequestEntry, reply: FastifyReply): FastifyReply {
  if (entry.end === "open") closeEntry(entry, "dropped", null);
  void reply.hijack();
  reply.raw.socket?.destroy();
  return reply;
}

async function hangThenDrop(call: ApiCall, ms: number, reply: FastifyReply): Promise<FastifyReply> {
  await call.context.timers.sleep(ms);
  return dropConnection(call.entry, reply);
}

function sendError(
  { settings }: SandboxContext,
  entry: RequestEntry,
  reply: FastifyReply,
  error: unknown,
): FastifyReply {
  const { code, message, status } =
    error instanceof ApiError
      ? error
      : new ApiError("INTERNAL_SERVER_ERROR", error instanceof Error ? error.message : "Bug");
  entry.refusal = code;
  const isFault = entry.fault !== null;
  const answered = isFault ? status : (settings.errorStatus[code] ?? status);
  if (entry.end === "open") closeEntry(entry, "answered", answered);
  return reply.code(answered).send({ code, message });
}
