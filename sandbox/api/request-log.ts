/** The log of requests to Dodo's API, which a test reads through the control API. */
import type { FastifyReply, FastifyRequest } from "fastify";
import { NOW_HEADER, type SandboxContext } from "../model/context.ts";
import { newId } from "../model/state/ids.ts";
import { appendToLog, type RequestEntry } from "../model/state/logs.ts";
import { IDEMPOTENCY_HEADER } from "./idempotency.ts";

type RequestTarget = Pick<RequestEntry, "route" | "mutating" | "subscriptionId">;

export function logRequest(
  { store }: SandboxContext,
  request: FastifyRequest,
  target: RequestTarget,
): RequestEntry {
  const claimed = Number(request.headers[NOW_HEADER] ?? Number.NaN);
  const key = request.headers[IDEMPOTENCY_HEADER];
  const entry: RequestEntry = {
    requestId: newId("req"),
    method: request.method,
    path: request.url,
    ...target,
    idempotencyKey: typeof key === "string" ? key : null,
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

/** Records how the request ended. The first call counts. */
export function closeEntry(
  entry: RequestEntry,
  end: RequestEntry["end"],
  status: number | null,
): void {
  if (entry.end !== "open") return;
  entry.end = end;
  entry.status = status;
  entry.endedAt = Date.now();
}

/** Records a client that disconnects before the answer, such as a killed worker. */
export function recordDisconnect(entry: RequestEntry, reply: FastifyReply): void {
  reply.raw.once("close", () => closeEntry(entry, "client_closed", null));
}
