import { createDodo } from "../../../dodo/adapter/create-dodo.ts";
import {
  type DodoFailure,
  type DodoPort,
  failureOf,
  type WebhookEndpoint,
} from "../../../dodo/port.ts";
import { once } from "../once.ts";
import type { Settings } from "../settings.ts";

/** How Dodo answers the API key. */
export type KeyState =
  | { readonly kind: "missing" }
  | { readonly kind: "accepted" }
  /** HTTP 401, or 403 where it may not even read. */
  | { readonly kind: "refused"; readonly httpStatus: number; readonly code: string }
  | { readonly kind: "unreachable"; readonly detail: string };

/** The HTTP status of a call's last answer; null where none came. */
export type Tried = { readonly status: number | null };

/** A difference between two clocks. */
export type ClockReading = { readonly aheadMs: number; readonly roundTripMs: number };

/** Requests to Dodo, each made once. No error that Dodo answers stops charging or alerts anybody, as it does in a worker. */
export type DodoAccess = {
  readonly key: () => Promise<KeyState>;
  readonly endpoints: () => Promise<readonly WebhookEndpoint[]>;
  readonly secretOf: (endpointId: string) => Promise<string>;
  readonly businessId: () => Promise<string | null>;
  /** Makes one call and tells how Dodo answered, whatever the call made of it. */
  readonly attempt: (call: (dodo: DodoPort) => Promise<unknown>) => Promise<Tried>;
  /** How far Dodo's clock is ahead of this machine's, by the header `Date`; null where no answer had one. */
  readonly clock: () => Promise<ClockReading | null>;
};

export function createDodoAccess(
  { worker, missing, has }: Settings,
  timeoutMs: number,
  now: () => number,
): DodoAccess {
  let lastStatus: number | null = null;
  let clock: ClockReading | null = null;
  const dodo = createDodo({
    ...worker,
    requestTimeoutMs: timeoutMs,
    now,
    fetch: async (input, init) => {
      const sentAt = now();
      // The port has time-outs of its own, which suit a worker.
      const timeout = AbortSignal.timeout(timeoutMs);
      const given = init?.signal;
      const signal = given == null ? timeout : AbortSignal.any([given, timeout]);
      const response = await globalThis.fetch(input, { ...init, signal });
      clock ??= clockOf(response.headers.get("date"), sentAt, now());
      return response;
    },
    onRequestEnded: ({ status }) => {
      lastStatus = status;
    },
  });
  const key = once(async (): Promise<KeyState> => {
    if (missing.has("DODO_PAYMENTS_API_KEY") || !has("DODO_PAYMENTS_API_KEY")) {
      return { kind: "missing" };
    }
    try {
      await dodo.checkKey();
      return { kind: "accepted" };
    } catch (error) {
      return keyStateOf(failureOf(error));
    }
  });
  return {
    key,
    endpoints: once(() => dodo.webhookEndpoints()),
    secretOf: (endpointId) => dodo.webhookSecret(endpointId),
    businessId: () => dodo.businessId(),
    attempt: async (call) => {
      lastStatus = null;
      await call(dodo).catch(() => undefined);
      return { status: lastStatus };
    },
    clock: async () => {
      await key();
      return clock;
    },
  };
}

function keyStateOf(failure: DodoFailure): KeyState {
  switch (failure.kind) {
    case "unauthorized":
      return { kind: "refused", httpStatus: failure.httpStatus, code: failure.code };
    case "refused":
      return { kind: "unreachable", detail: `${failure.code} (HTTP ${failure.httpStatus})` };
    case "unsent":
    case "unknown":
    case "rate_limited":
    case "payment_pending":
      return { kind: "unreachable", detail: failure.detail };
  }
}

/** The header has whole seconds, so the answer was sent half a second later on average. @source RFC 9110 6.6.1 */
function clockOf(date: string | null, sentAt: number, gotAt: number): ClockReading | null {
  const at = date === null ? Number.NaN : Date.parse(date);
  if (Number.isNaN(at)) return null;
  return { aheadMs: at + 500 - (sentAt + gotAt) / 2, roundTripMs: gotAt - sentAt };
}
