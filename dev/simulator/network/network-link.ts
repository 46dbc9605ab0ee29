import { type Instant, SECOND_MS } from "../../../domain/values/time.ts";
import { apiError, connectionLost, timedOut } from "../../model/errors.ts";
import type { Network } from "../../model/port.ts";
import type { Timeline } from "../../model/timeline.ts";
import type { ReadFault } from "../plan.ts";

/** The client's shorter time-out of a read. */
const READ_TIMEOUT_MS = 5 * SECOND_MS;

/** The network between the workers and Dodo, with its latency and its faults. */
export class NetworkLink implements Network {
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

  async beforeChange(): Promise<void> {
    this.#checkKey();
    await Promise.resolve();
  }

  #checkKey(): void {
    if (this.#timeline.now() < this.keyRefusedUntil) throw apiError(401, "UNAUTHORIZED");
  }

  /** Call it before each read. */
  async beforeRead(): Promise<void> {
    if (this.#latencyMs > 0) await this.#timeline.pass(this.#latencyMs);
    this.#checkKey();
    const fault = this.faults.shift() ?? null;
    if (fault === null) return;
    this.injected.push(fault);
    switch (fault) {
      case "connection_lost":
        throw connectionLost("ECONNRESET");
      case "timeout":
        await this.#timeline.pass(READ_TIMEOUT_MS);
        throw timedOut();
      case "server_error":
        throw apiError(503, "INTERNAL_SERVER_ERROR");
      case "rate_limited":
        throw apiError(429, "TOO_MANY_REQUESTS");
    }
  }
}
