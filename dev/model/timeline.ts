import type { Instant } from "../../domain/values/time.ts";

type Task = { readonly at: Instant; readonly order: number; readonly run: () => void };

/**
 * Virtual time: scheduled tasks run in the order of their instants, and the clock jumps from one to the next. Between two
 * tasks all pending promises settle, so that code with `await` works as in real time.
 */
export class Timeline {
  #now: Instant;
  #order = 0;
  readonly #tasks: Task[] = [];

  constructor(start: Instant) {
    this.#now = start;
  }

  now = (): Instant => this.#now;

  /** Schedules `run` for `at`, or for now if that has passed. Tasks of the same instant run in the order of the calls. */
  at(at: Instant, run: () => void): { readonly cancel: () => void } {
    const task: Task = { at: Math.max(at, this.#now), order: (this.#order += 1), run };
    this.#tasks.push(task);
    return {
      cancel: () => {
        const index = this.#tasks.indexOf(task);
        if (index >= 0) this.#tasks.splice(index, 1);
      },
    };
  }

  /** Resolves after `durationMs` of virtual time. */
  async pass(durationMs: number): Promise<void> {
    await new Promise<void>((resolve) => this.at(this.#now + durationMs, resolve));
  }

  /** Runs all tasks up to and including `until`, and stops early once `isDone`. */
  async run(until: Instant, isDone: () => boolean = () => false): Promise<void> {
    for (;;) {
      await settle();
      if (isDone()) return;
      const next = this.#takeNext(until);
      if (next === null) {
        this.#now = Math.max(this.#now, until);
        return;
      }
      this.#now = next.at;
      next.run();
    }
  }

  #takeNext(until: Instant): Task | null {
    let first: Task | undefined;
    for (const task of this.#tasks) {
      if (
        first === undefined ||
        task.at < first.at ||
        (task.at === first.at && task.order < first.order)
      ) {
        first = task;
      }
    }
    if (first === undefined || first.at > until) return null;
    this.#tasks.splice(this.#tasks.indexOf(first), 1);
    return first;
  }
}

/** Node runs an immediate after all pending promises, however long their chains are. */
async function settle(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}
