import { APIConnectionTimeoutError } from "dodopayments";
import type { Dodo } from "../../../dodo/client.ts";
import { type Instant, SECOND_MS } from "../../../domain/values/time.ts";
import type { ModelDodo } from "../../model/dodo.ts";
import { apiError, connectionLost } from "../../model/errors.ts";
import type { Timeline } from "../../model/timeline.ts";
import type { ReadFault } from "../plan.ts";

/** The client's shorter time-out of a read. */
const READ_TIMEOUT_MS = 5 * SECOND_MS;

/** The network between the workers and Dodo, with its latency and its faults. */
export class NetworkLink {
  /** What goes wrong with the next reads, in order. */
  readonly faults: (ReadFault | null)[] = [];
  readonly injected: ReadFault[] = [];
  /** Dodo refuses the API key until then. */
  keyRefusedUntil: Instant = 0;
  readonly #timeline: Timeline;
  readonly #latencyMs: number;

  constructor(timeline: Timeline, latencyMs: number) {
    this.#timeline = timeline;
    this.#latencyMs = latencyMs;
  }

  checkKey(): void {
    if (this.#timeline.now() < this.keyRefusedUntil) throw apiError(401, "UNAUTHORIZED");
  }

  /** Call it before each read. Throws what the SDK would throw. */
  async beforeRead(): Promise<void> {
    if (this.#latencyMs > 0) await this.#timeline.pass(this.#latencyMs);
    this.checkKey();
    const fault = this.faults.shift() ?? null;
    if (fault === null) return;
    this.injected.push(fault);
    switch (fault) {
      case "connection_lost":
        throw connectionLost("ECONNRESET");
      case "timeout":
        await this.#timeline.pass(READ_TIMEOUT_MS);
        throw new APIConnectionTimeoutError();
      case "server_error":
        throw apiError(503, "INTERNAL_SERVER_ERROR");
      case "rate_limited":
        throw apiError(429, "TOO_MANY_REQUESTS");
    }
  }
}

/** A client that calls the model over the link, without HTTP and the SDK. */
export function directClient(dodo: ModelDodo, link: NetworkLink): Dodo {
  const read = async <T>(call: () => Promise<T>): Promise<T> => {
    await link.beforeRead();
    return await call();
  };
  const change = async <T>(call: () => Promise<T>): Promise<T> => {
    link.checkKey();
    return await call();
  };
  return {
    retrieveSubscription: () => read(() => dodo.retrieveSubscription()),
    retrievePayment: (id) => read(() => dodo.retrievePayment(id)),
    listPayments: (id, since) => read(() => dodo.listPayments(id, since)),
    retryState: () => read(() => dodo.retryState()),
    latestDispute: (id, since) => read(() => dodo.latestDispute(id, since)),
    charge: (id, body) => change(() => dodo.charge(id, body)),
    retry: () => change(() => dodo.retry()),
    updatePaymentMethod: () => change(() => dodo.updatePaymentMethod()),
    cancel: () => change(() => dodo.cancel()),
  };
}
