import type { DecisionRows, RunKey } from "../projection/rows.ts";

/** What the writer uses. */
export type WriterDependencies = {
  /** @returns runs of which a decision is missing */
  readonly write: (decisions: readonly DecisionRows[]) => Promise<readonly RunKey[]>;
  /** Replaces a run's rows from its history. */
  readonly fill: (run: RunKey) => Promise<void>;
  /** Whether the rows themselves are at fault, so that another try cannot help. */
  readonly isRefusal: (error: unknown) => boolean;
  readonly onPending: (pending: number) => void;
  readonly onFailure: (error: unknown, pending: number) => void;
  readonly onDropped: (run: RunKey, error: unknown) => void;
  /** After a failure. */
  readonly onRecovered: () => void;
  /** Resolves after this time, or at once where `signal` is aborted. */
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Milliseconds from any start. */
  readonly monotonicMs: () => number;
};

export type LedgerWriter = {
  /** Takes in what a decision says and returns at once. Never throws. */
  readonly add: (rows: DecisionRows) => void;
  /** Has a run's rows replaced from its history, soon. */
  readonly addGap: (run: RunKey) => void;
  /** Decisions that wait to be written, and runs of which one was dropped. */
  readonly pending: () => number;
  /** Writes what waits, and ends: no later than in `withinMs`. */
  readonly stop: (withinMs: number) => Promise<void>;
};

/** About 40 MB. Ten recoveries that end each second fill it in three minutes. */
const DECISIONS_MAX = 20_000;
const GAPS_MAX = 20_000;
const BATCH = 200;

/** A batch gathers for this long. */
const GATHER_MS = 200;

/** A history has a decision within this time of its making, unless its worker dies. */
const RECORDED_MS = 2_000;

const RETRY_MIN_MS = 500;
const RETRY_MAX_MS = 15_000;

/**
 * Writes decisions in batches, in the order in which they were made, and tries again until they are written. Where more of them wait than
 * it keeps, it drops a decision and remembers its run, and reads the run's history once the database answers.
 */
export function createLedgerWriter(dependencies: WriterDependencies): LedgerWriter {
  const writer = new QueueWriter(dependencies);
  return {
    add: (rows) => writer.add(rows),
    addGap: (run) => writer.addGap(run),
    pending: () => writer.pending,
    stop: (withinMs) => writer.stop(withinMs),
  };
}

type Gap = { readonly run: RunKey; readonly notBefore: number };

class QueueWriter {
  readonly #use: WriterDependencies;
  #queue: DecisionRows[] = [];
  readonly #gaps = new Map<string, Gap>();
  /** Runs that it could not even remember: the nightly job fills them. */
  #forgotten = 0;
  #running: Promise<void> | null = null;
  readonly #stopping = new AbortController();
  #isFailing = false;

  constructor(use: WriterDependencies) {
    this.#use = use;
  }

  get pending(): number {
    return this.#queue.length + this.#gaps.size + this.#forgotten;
  }

  add(rows: DecisionRows): void {
    if (this.#queue.length >= DECISIONS_MAX) return this.addGap(rows.recovery);
    this.#queue.push(rows);
    this.#changed();
  }

  addGap({ provider, recoveryId, runId }: RunKey): void {
    if (this.#gaps.has(runId) || this.#gaps.size < GAPS_MAX) {
      const notBefore = this.#use.monotonicMs() + RECORDED_MS;
      this.#gaps.delete(runId);
      this.#gaps.set(runId, { run: { provider, recoveryId, runId }, notBefore });
    } else this.#forgotten += 1;
    this.#changed();
  }

  #isStopping(): boolean {
    return this.#stopping.signal.aborted;
  }

  async #pause(ms: number): Promise<void> {
    await this.#use.pause(ms, this.#stopping.signal);
  }

  async stop(withinMs: number): Promise<void> {
    this.#stopping.abort();
    const late = new Promise<void>((resolve) => setTimeout(resolve, withinMs).unref());
    await Promise.race([this.#running ?? Promise.resolve(), late]);
  }

  #changed(): void {
    this.#use.onPending(this.pending);
    this.#running ??= this.#run().finally(() => {
      this.#running = null;
      // A decision may have come after the last look.
      if (!this.#isStopping() && this.#queue.length + this.#gaps.size > 0) this.#changed();
    });
  }

  async #run(): Promise<void> {
    let waitMs = RETRY_MIN_MS;
    await this.#pause(GATHER_MS);
    while (this.#queue.length > 0 || (this.#gaps.size > 0 && !this.#isStopping())) {
      try {
        await (this.#queue.length > 0 ? this.#writeBatch() : this.#fillGap());
        waitMs = RETRY_MIN_MS;
        if (this.#isFailing) this.#use.onRecovered();
        this.#isFailing = false;
      } catch (error) {
        if (this.#isStopping()) return;
        if (!this.#isFailing) this.#use.onFailure(error, this.pending);
        this.#isFailing = true;
        await this.#pause(waitMs);
        waitMs = Math.min(waitMs * 2, RETRY_MAX_MS);
      }
      this.#use.onPending(this.pending);
    }
  }

  async #writeBatch(): Promise<void> {
    const batch = this.#queue.slice(0, BATCH);
    try {
      this.#written(batch, await this.#use.write(batch));
    } catch (error) {
      if (!this.#use.isRefusal(error)) throw error;
      // One of them is at fault: the others are written.
      for (const rows of batch) await this.#writeAlone(rows);
    }
  }

  async #writeAlone(rows: DecisionRows): Promise<void> {
    try {
      this.#written([rows], await this.#use.write([rows]));
    } catch (error) {
      if (!this.#use.isRefusal(error)) throw error;
      this.#use.onDropped(rows.recovery, error);
      this.#written([rows], []);
    }
  }

  #written(batch: readonly DecisionRows[], gaps: readonly RunKey[]): void {
    this.#queue = this.#queue.slice(batch.length);
    for (const run of gaps) this.addGap(run);
  }

  async #fillGap(): Promise<void> {
    const [gap] = this.#gaps.values();
    if (gap === undefined) return;
    const { run, notBefore } = gap;
    await this.#pause(Math.max(notBefore - this.#use.monotonicMs(), 0));
    this.#gaps.delete(run.runId);
    try {
      await this.#use.fill(run);
    } catch (error) {
      if (this.#use.isRefusal(error)) return this.#use.onDropped(run, error);
      this.#gaps.set(run.runId, gap);
      throw error;
    }
  }
}
