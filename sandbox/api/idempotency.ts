/**
 * What an account does that honours the header `Idempotency-Key`. Whether Dodo honours it is open, so every part is a setting.
 * @source docs/dodo/open-questions.md, "Idempotency header"
 */
import type { FastifyRequest } from "fastify";
import { ApiError } from "../model/errors.ts";
import type { Answer, KeyedRequest } from "../model/state/keyed-request.ts";
import type { ApiCall, Route } from "./route.ts";

export const IDEMPOTENCY_HEADER = "idempotency-key";

/** The part of the pipeline that knows about keys. */
export type KeyedCall = {
  /** The stored answer of an earlier request with the key; null if this is the first one. */
  readonly replay: Answer | null;
  /** Stores the answer, as far as the settings say. */
  readonly remember: (answer: Answer) => void;
  /** No answer was made. */
  readonly forget: () => void;
};

const UNKEYED: KeyedCall = { replay: null, remember: () => undefined, forget: () => undefined };

/** @throws ApiError if the key was used for another request, or its first request is still being processed */
export function keyedCall(call: ApiCall, route: Route, request: FastifyRequest): KeyedCall {
  const { store, settings } = call.context;
  const key = call.entry.idempotencyKey;
  if (key === null || !route.mutating || settings.idempotencyKeys === "ignored") return UNKEYED;
  const fingerprint = `${route.method} ${request.url} ${JSON.stringify(call.body)}`;
  const first = store.keyedRequests.get(key);
  const isKept =
    first !== undefined && call.requestTime - first.receivedAt < settings.idempotencyTtlMs;
  if (isKept) {
    if (first.fingerprint !== fingerprint) {
      throw new ApiError("IDEMPOTENCY_KEY_REUSED", "The key was used for another request");
    }
    if (first.answer === null) {
      throw new ApiError("IDEMPOTENCY_KEY_IN_PROGRESS", "The request is still being processed");
    }
    return { ...UNKEYED, replay: first.answer };
  }
  const mine: KeyedRequest = { fingerprint, receivedAt: call.requestTime, answer: null };
  store.keyedRequests.set(key, mine);
  const forget = (): void => {
    if (mine.answer === null) store.keyedRequests.delete(key);
  };
  return {
    replay: null,
    remember: (answer) => {
      if (answer.status < 400 || settings.idempotencyStores === "every_answer")
        mine.answer = answer;
      else forget();
    },
    forget,
  };
}
