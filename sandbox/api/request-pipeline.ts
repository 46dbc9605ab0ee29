/** Every request to Dodo's API passes here: log, key, rate, faults. */
import type { FastifyReply, FastifyRequest } from "fastify";
import { takeRequestFault, type RequestFault } from "../faults/request-faults.ts";
import { newId } from "../model/state/ids.ts";
import type { RateLimiter } from "./rate-limiter.ts";
import { notFound, Refusal } from "../model/errors.ts";
import { record, type Books, type RequestEntry } from "../model/state/entities.ts";
import { NOW_HEADER, wallNow, type World } from "../model/context.ts";

export type Params = Readonly<Record<string, string | undefined>>;

export type Call = {
  readonly world: World;
  readonly params: Params;
  readonly query: Params;
  readonly body: unknown;
  /** The time the request claims, else the wall's. */
  readonly asked: number;
  readonly entry: RequestEntry;
};

export type Route = {
  readonly method: "GET" | "POST" | "PATCH";
  /** A pattern, as Fastify reads it. */
  readonly path: string;
  readonly mutating: boolean;
  readonly subscriptionOf: (books: Books, params: Params, query: Params) => string | null;
  readonly handle: (call: Call) => unknown;
};

export function doorOf(
  world: World,
  limiter: RateLimiter,
  route: Route,
): (request: FastifyRequest, reply: FastifyReply) => Promise<unknown> {
  return async (request, reply) => {
    const params = request.params as Params;
    const query = request.query as Params;
    const entry = entryOf(world, request, {
      route: route.path,
      mutating: route.mutating,
      subscriptionId: route.subscriptionOf(world.books, params, query),
    });
    watchClient(entry, reply);
    const call: Call = {
      world,
      params,
      query,
      body: request.body,
      asked: entry.sandboxNow ?? wallNow(world.settings),
      entry,
    };
    try {
      const limit = limiter.take(world.settings.rateLimit, Date.now());
      void reply.headers(limit.headers);
      authorize(world, request, route);
      if (!limit.allowed) throw new Refusal("TOO_MANY_REQUESTS", "Rate limit exceeded");
      const fault = takeRequestFault(world.books.faults, {
        method: route.method,
        route: route.path,
        subscriptionId: entry.subscriptionId,
      });
      entry.fault = fault?.kind ?? null;
      return await serve(route, call, fault, reply);
    } catch (error) {
      return refuse(world, entry, reply, error);
    }
  };
}

type Asked = Pick<RequestEntry, "route" | "mutating" | "subscriptionId">;

function entryOf({ books }: World, request: FastifyRequest, asked: Asked): RequestEntry {
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
  record(books.requests, entry);
  return entry;
}

/** A request that no route takes is logged, and not found. */
export function turnAway(world: World, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const mutating = request.method !== "GET" && request.method !== "HEAD";
  const entry = entryOf(world, request, { route: null, mutating, subscriptionId: null });
  return refuse(world, entry, reply, notFound(`${request.method} ${request.url}`));
}

/** A client that is killed while its request is open leaves a mark in the log. */
function watchClient(entry: RequestEntry, reply: FastifyReply): void {
  reply.raw.once("close", () => {
    if (entry.end === "open") finish(entry, "client_closed", null);
  });
}

function finish(entry: RequestEntry, end: RequestEntry["end"], status: number | null): void {
  entry.end = end;
  entry.status = status;
  entry.endedAt = Date.now();
}

function authorize({ settings }: World, request: FastifyRequest, { mutating }: Route): void {
  if (request.headers.authorization !== `Bearer ${settings.apiKey}`) {
    throw new Refusal("UNAUTHORIZED", "Missing or invalid API key");
  }
  if (mutating && settings.readOnlyKey) {
    throw new Refusal("RBAC_ACCESS_DENIED", "This key may only read");
  }
}

async function serve(
  route: Route,
  call: Call,
  fault: RequestFault | null,
  reply: FastifyReply,
): Promise<unknown> {
  switch (fault?.kind) {
    case undefined:
      return answer(call.entry, reply, route.handle(call));
    case "refuse":
      throw new Refusal(fault.code, fault.message ?? "Refused by a fault", fault.status);
    case "error_before":
      throw new Refusal("INTERNAL_SERVER_ERROR", "Failed by a fault", fault.status);
    case "error_after":
      route.handle(call);
      throw new Refusal("INTERNAL_SERVER_ERROR", "Failed by a fault", fault.status);
    case "drop_before":
      return drop(call.entry, reply);
    case "drop_after":
      route.handle(call);
      return drop(call.entry, reply);
    case "hang_before":
      return await hang(call, fault.ms, reply);
    case "hang_after":
      route.handle(call);
      return await hang(call, fault.ms, reply);
    case "slow":
      // Served even if the client has gone: it cannot know.
      if (!(await call.world.timers.sleep(fault.ms))) return drop(call.entry, reply);
      return answer(call.entry, reply, route.handle(call));
  }
}

function answer(entry: RequestEntry, reply: FastifyReply, body: unknown): FastifyReply {
  if (entry.end === "open") finish(entry, "answered", 200);
  return reply.code(200).send(body);
}

function drop(entry: RequestEntry, reply: FastifyReply): FastifyReply {
  if (entry.end === "open") finish(entry, "dropped", null);
  void reply.hijack();
  reply.raw.socket?.destroy();
  return reply;
}

async function hang(call: Call, ms: number, reply: FastifyReply): Promise<FastifyReply> {
  await call.world.timers.sleep(ms);
  return drop(call.entry, reply);
}

function refuse(
  { settings }: World,
  entry: RequestEntry,
  reply: FastifyReply,
  error: unknown,
): FastifyReply {
  const { code, message, status } =
    error instanceof Refusal
      ? error
      : new Refusal("INTERNAL_SERVER_ERROR", error instanceof Error ? error.message : "Bug");
  entry.refusal = code;
  const isFault = entry.fault !== null;
  const answered = isFault ? status : (settings.errorStatus[code] ?? status);
  if (entry.end === "open") finish(entry, "answered", answered);
  return reply.code(answered).send({ code, message });
}
