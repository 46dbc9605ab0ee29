/** What is left to a customer or the merchant: a merchant's decline, and a charge that waits for the customer. */
const UNTIL_SETTLED_MS = 10 * 60_000;

export type Settling = {
  /** The state of a subscription's latest recovery; null if it has none, or if the gateway gave no answer. */
  readonly stateOf: (subscriptionId: string) => Promise<string | null>;
  /** The customer pays what is owed. */
  readonly pay: (subscriptionId: string) => Promise<unknown>;
  readonly now: () => number;
};

/** Recoveries from the failed charge until they have ended. */
export type Unsettled = {
  readonly add: (subscriptionId: string) => void;
  /** Looks at each recovery that has been open for ten minutes since it began, or since the last look. */
  readonly settle: () => Promise<void>;
  readonly count: () => number;
};

/**
 * Ends the recoveries that would stay open for ever, so that the load is the same in each minute. Each read of an open charge makes the
 * recovery's history longer, and Temporal's SDK keeps the whole history of a cached run in native memory: if ever more recoveries were
 * open, the worker's memory would grow without a leak.
 * @source docs/TEMPORAL.md, "Worker memory"
 */
export function createUnsettled({ stateOf, pay, now }: Settling): Unsettled {
  const waiting: { readonly id: string; readonly since: number }[] = [];
  const add = (id: string): void => void waiting.push({ id, since: now() });
  return {
    add,
    settle: async () => {
      for (;;) {
        const [oldest] = waiting;
        if (oldest === undefined || now() < oldest.since + UNTIL_SETTLED_MS) return;
        waiting.shift();
        const state = await stateOf(oldest.id);
        if (state === "ended") continue;
        if (state === "needs_attention") await pay(oldest.id);
        add(oldest.id);
      }
    },
    count: () => waiting.length,
  };
}
