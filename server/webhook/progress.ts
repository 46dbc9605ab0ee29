/** What Temporal already has of webhooks with many events, so that a delivery that ran out of time is continued by the next. */
export type Progress = {
  /** The part of the items that is still to be done. */
  readonly restOf: <T>(webhookId: string, items: readonly T[], nameOf: (item: T) => string) => T[];
  readonly done: (webhookId: string, name: string) => void;
  readonly finished: (webhookId: string) => void;
};

/** @param max how many unfinished webhooks are remembered; of those before, the next delivery starts anew */
export function createProgress(max: number): Progress {
  const unfinished = new Map<string, Set<string>>();
  return {
    restOf: (webhookId, items, nameOf) => {
      const names = unfinished.get(webhookId);
      return items.filter((item) => names?.has(nameOf(item)) !== true);
    },
    done: (webhookId, name) => {
      const names = unfinished.get(webhookId) ?? new Set();
      unfinished.set(webhookId, names.add(name));
      const [oldest] = unfinished.keys();
      if (unfinished.size > max && oldest !== undefined) unfinished.delete(oldest);
    },
    finished: (webhookId) => {
      unfinished.delete(webhookId);
    },
  };
}
