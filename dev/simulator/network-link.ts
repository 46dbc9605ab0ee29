import { type Instant, SECOND_MS } from "../../domain/values/time.ts";
import { ModelRefusal, ModelSilence } from "../model/errors.ts";
import type { Way } from "../model/port.ts";
import type { Timeline } from "../model/timeline.ts";

/** What happens to one read. */
export type ReadFault = "lost" | "hang" | "error" | "weekly_cap_reached";

/** How long a read waits for an answer that never comes. @source dodo/adapter/client.ts, READ_TIMEOUT_MS */
const HANG_MS = 5 * SECOND_MS;

/** The line between us and Dodo: slow, and not always there. */
export class Line implements Way {
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

  /** Before each request that may change something. */
  async change(): Promise<void> {
    this.checkKey();
    await Promise.resolve();
  }

  checkKey(): void {
    if (this.#timeline.now() < this.refusedUntil) throw new ModelRefusal(401, "UNAUTHORIZED");
  }

  /** Before each read. */
  async read(): Promise<void> {
    if (this.#latencyMs > 0) await this.#timeline.pass(this.#latencyMs);
    this.checkKey();
    const fault = this.faults.shift() ?? null;
    if (fault === null) return;
    this.struck.push(fault);
    switch (fault) {
      case "lost":
        throw new ModelSilence("ECONNRESET");
      case "hang":
        await this.#timeline.pass(HANG_MS);
        throw new ModelSilence(null);
      case "error":
        throw new ModelRefusal(503, "INTERNAL_SERVER_ERROR");
      case "weekly_cap_reached":
        throw new ModelRefusal(429, "TOO_MANY_REQUESTS");
    }
  }
}
