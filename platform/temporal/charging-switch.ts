import { optionalTsToMs } from "@temporalio/common/lib/time.js";
import { type ActivityQueue, type KeptLimit, perSecondOf } from "./activity-queue.ts";

export type Charging =
  | { readonly kind: "goes_on"; readonly limitPerSecond: number | null }
  /** Nothing leaves the queue of charges. `since`: milliseconds since 1970. */
  | {
      readonly kind: "stopped";
      readonly reason: string;
      readonly by: string;
      readonly since: number | null;
    };

export type ChargingSwitch = {
  /** May lag a moment behind a change. */
  readonly read: () => Promise<Charging>;
  /**
   * Once: a stop that stands already keeps its reason.
   * @param by who stops, as the record shows it
   * @returns `isNew`: it was this call that stopped
   */
  readonly stop: (
    reason: string,
    by: string,
  ) => Promise<{ readonly charging: Charging; readonly isNew: boolean }>;
  /** Charges go on at once, at the pace that held before the stop. */
  readonly resume: (reason: string, by: string) => Promise<Charging>;
};

/** What stood before a stop is kept in its reason, since a queue has room for one limit. */
const BEFORE = / \[limit before: ([\d.]+)\/s\]$/;

/**
 * Stop-all: the rate limit of the charges' task queue, 0 with its reason. Temporal holds it for all workers, over
 * restarts, and shows it (`temporal task-queue config get`). Without a limit of the queue's own the workers' pace holds.
 *
 * @param charges the task queue of charges
 */
export function createChargingSwitch(charges: ActivityQueue): ChargingSwitch {
  const read = async (): Promise<Standing> => standingOf((await charges.limits()).queue);
  /** What it answers is newer than what a reading right after it may show. */
  const limit = async (perSecond: number | null, reason: string, by: string): Promise<Charging> => {
    const { queue } = await charges.limit({ queue: { perSecond, reason } }, by);
    return standingOf(queue).charging;
  };
  return {
    read: async () => (await read()).charging,
    stop: async (reason, by) => {
      const { charging, before } = await read();
      if (charging.kind === "stopped") return { charging, isNew: false };
      const said = before === null ? reason : `${reason} [limit before: ${before}/s]`;
      return { charging: await limit(0, said, by), isNew: true };
    },
    resume: async (reason, by) => {
      const { charging, before } = await read();
      return charging.kind === "goes_on" ? charging : await limit(before, reason, by);
    },
  };
}

type Standing = { readonly charging: Charging; readonly before: number | null };

function standingOf(limit: KeptLimit): Standing {
  const limitPerSecond = perSecondOf(limit);
  if (limitPerSecond !== 0) {
    return { charging: { kind: "goes_on", limitPerSecond }, before: limitPerSecond };
  }
  const { reason: text = "", updateIdentity, updateTime } = limit?.metadata ?? {};
  const [, before] = BEFORE.exec(text ?? "") ?? [];
  return {
    charging: {
      kind: "stopped",
      reason: (text ?? "").replace(BEFORE, ""),
      by: updateIdentity ?? "",
      since: optionalTsToMs(updateTime) ?? null,
    },
    before: before === undefined ? null : Number(before),
  };
}
