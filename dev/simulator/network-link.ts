import { APIConnectionTimeoutError } from "dodopayments";
import type { Dodo } from "../../dodo/client.ts";
import { type Instant, SECOND_MS } from "../../domain/values/time.ts";
import type { ModelDodo } from "../model/dodo.ts";
import { answerOf, connectionLost } from "../model/errors.ts";
import type { Timeline } from "../model/timeline.ts";

/** What happens to one read. */
export type ReadFault = "lost" | "hang" | "error" | "weekly_cap_reached";

/** How long a read waits for an answer that never comes. @source dodo/client.ts, READ_TIMEOUT_MS */
const HANG_MS = 5 * SECOND_MS;

/** The line between us and Dodo: slow, and not always there. */
export class Line {
  /** What happens to the next reads. */
  readonly faults: (ReadFault | null)[] = [];
  /** How many of each struck. */
  readonly struck: ReadFault[] = [];
  /** Our key is refused until then. */
  refusedUntil: Instant = 0;
  readonly #timeline: Timeline;
  readonly #latencyMs: number;

  constructor(timeline: Timeline, latencyMs: number) {
    this.#timeline = timeline;
    this.#latencyMs = latencyMs;
  }

  checkKey(): void {
    if (this.#timeline.now() < this.refusedUntil) throw answerOf(401, "UNAUTHORIZED");
  }

  /** Before each read. Throws as the SDK would. */
  async read(): Promise<void> {
    if (this.#latencyMs > 0) await this.#timeline.pass(this.#latencyMs);
    this.checkKey();
    const fault = this.faults.shift() ?? null;
    if (fault === null) return;
    this.struck.push(fault);
    switch (fault) {
      case "lost":
        throw connectionLost("ECONNRESET");
      case "hang":
        await this.#timeline.pass(HANG_MS);
        throw new APIConnectionTimeoutError();
      case "error":
        throw answerOf(503, "INTERNAL_SERVER_ERROR");
      case "weekly_cap_reached":
        throw answerOf(429, "TOO_MANY_REQUESTS");
    }
  }
}

/** The model at the end of the line, without HTTP and the SDK between. */
export function direct(dodo: ModelDodo, line: Line): Dodo {
  const read = async <T>(ask: () => Promise<T>): Promise<T> => {
    await line.read();
    return await ask();
  };
  const change = async <T>(ask: () => Promise<T>): Promise<T> => {
    line.checkKey();
    return await ask();
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
