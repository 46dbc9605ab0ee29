import type { FastifyReply, FastifyRequest } from "fastify";
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { createLimiter } from "./fan-out.ts";

/** Dodo's events have a few kilobytes. A body without a length counts as large. */
const LARGE_BYTES = 32 * 1_024;

/** Large bodies that are received at once; the others wait unread, in the buffers of their connections. */
const LARGE_BODIES_MAX = 2;
const WAIT_MS = 5_000;
const BODY_MS = 5_000;

/** Between two large bodies, so that hashing them takes no more than a small part of the process's time. */
const REST_MS = 100;

/** Waits until a large body may be received. @returns false if it may not, because too many others wait */
export type AwaitTurn = (request: FastifyRequest) => Promise<boolean>;

/** @param bytesMax a longer body is refused by its length, and needs no turn */
export function createTurns(bytesMax: number): AwaitTurn {
  const limited = createLimiter(LARGE_BODIES_MAX);
  return async ({ raw, headers }) => {
    const length = Number(
      headers["content-length"] ?? (headers["transfer-encoding"] ? bytesMax : 0),
    );
    if (length <= LARGE_BYTES || length > bytesMax) return true;
    return await new Promise<boolean>((resolve) => {
      const waiting = new AbortController();
      const leave = (): void => waiting.abort(new Error("no turn"));
      const timer = setTimeout(leave, WAIT_MS);
      raw.socket.once("close", leave);
      const receive = async (): Promise<void> => {
        clearTimeout(timer);
        raw.socket.off("close", leave);
        resolve(true);
        await untilReceived(raw);
        await delay(REST_MS);
      };
      limited(receive, waiting.signal).catch(() => {
        clearTimeout(timer);
        raw.socket.off("close", leave);
        resolve(false);
      });
    });
  };
}

/** Cuts a body off that takes too long. */
async function untilReceived(raw: FastifyRequest["raw"]): Promise<void> {
  const timer = setTimeout(() => raw.socket.destroy(), BODY_MS);
  const over = new AbortController();
  const { signal } = over;
  try {
    await Promise.race([once(raw, "end", { signal }), once(raw, "close", { signal })]);
  } catch {
    // The connection broke.
  } finally {
    over.abort();
    clearTimeout(timer);
  }
}

/** An answer to a request whose body is not read: what follows on the connection is not a request. */
export function withoutBody(reply: FastifyReply): FastifyReply {
  const { "content-length": length = "0", "transfer-encoding": encoding } = reply.request.headers;
  const isRead = encoding === undefined && Number(length) <= LARGE_BYTES;
  return isRead ? reply : reply.header("connection", "close");
}
