import type { FastifyReply } from "fastify";
import type { RequestFault } from "../faults/request-faults.ts";
import { ApiError } from "../model/errors.ts";
import type { RequestEntry } from "../model/state/logs.ts";
import { closeEntry } from "./request-log.ts";
import type { ApiCall, Route } from "./route.ts";

/**
 * Serves a request, with the fault if there is one.
 * @throws ApiError from the route, or from the fault
 */
export async function respond(
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
      throw new ApiError(fault.code, "Failed by a fault", fault.status);
    case "drop_before":
      return dropConnection(call.entry, reply);
    case "drop_after":
      route.handle(call);
      return dropConnection(call.entry, reply);
    case "hang_before":
      return await hang(call, fault.ms, reply);
    case "hang_after":
      route.handle(call);
      return await hang(call, fault.ms, reply);
    case "slow":
      // A server does not notice a client's timeout, so the request takes effect even after a disconnect.
      if (!(await call.context.timers.sleep(fault.ms))) return dropConnection(call.entry, reply);
      return answer(call.entry, reply, route.handle(call));
  }
}

function answer(entry: RequestEntry, reply: FastifyReply, body: unknown): FastifyReply {
  closeEntry(entry, "answered", 200);
  return reply.code(200).send(body);
}

function dropConnection(entry: RequestEntry, reply: FastifyReply): FastifyReply {
  closeEntry(entry, "dropped", null);
  void reply.hijack();
  reply.raw.socket?.destroy();
  return reply;
}

async function hang(call: ApiCall, ms: number, reply: FastifyReply): Promise<FastifyReply> {
  await call.context.timers.sleep(ms);
  return dropConnection(call.entry, reply);
}
