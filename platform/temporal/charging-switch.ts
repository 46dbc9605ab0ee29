import { optionalTsToMs } from "@temporalio/common/lib/time.js";
import { type ActivityQueue, perSecondOf, type StoredRateLimit } from "./activity-queue.ts";

export type Charging =
  /** `limitPerSecond`: the queue's rate limit; null if none is set and the workers' limit applies. */
  | { readonly kind: "running"; readonly limitPerSecond: number | null }
  /** No charge leaves the queue. `since`: milliseconds since 1970. */
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
   * Stops all charges. If they are already stopped, the first stop keeps its reason.
   *
   * @param by the identity that Temporal shows with the stop
   * @returns `isNew`: whether this call stopped them
   */
  readonly stop: (
    reason: string,
    by: string,
  ) => Promise<{ readonly charging: Charging; readonly isNew: boolean }>;
  /** Resumes charges at once, at the rate limit that applied before the stop. */
  readonly resume: (reason: string, by: string) => Promise<Charging>;
};

/**
 * Stop-all: a rate limit of 0 on the charge queue, with a reason. It applies to all workers, survives restarts, and
 * Temporal shows it (`temporal task-queue config get`).
 *
 * @param charges the charge queue
 */
export function createChargingSwitch(charges: ActivityQueue): ChargingSwitch {
  const read = async (): Promise<SwitchState> => stateOf((await charges.readRateLimits()).queue);
  /** Returns the state from the answer, because a read right after a change may still show the old one. */
  const setLimit = async (
    perSecond: number | null,
    reason: string,
    by: string,
  ): Promise<Charging> => {
    const { queue } = await charges.setRateLimits({ queue: { perSecond, reason } }, by);
    return stateOf(queue).charging;
  };
  return {
    read: async () => (await read()).charging,
    stop: async (reason, by) => {
      const { charging, limitBefore } = await read();
      if (charging.kind === "stopped") return { charging, isNew: false };
      const note = writeStopNote({ reason, limitBefore });
      return { charging: await setLimit(0, note, by), isNew: true };
    },
    resume: async (reason, by) => {
      const { charging, limitBefore } = await read();
      return charging.kind === "running" ? charging : await setLimit(limitBefore, reason, by);
    },
  };
}

type SwitchState = { readonly charging: Charging; readonly limitBefore: number | null };

function stateOf(limit: StoredRateLimit): SwitchState {
  const limitPerSecond = perSecondOf(limit);
  if (limitPerSecond !== 0) {
    return { charging: { kind: "running", limitPerSecond }, limitBefore: limitPerSecond };
  }
  const { reason: note, updateIdentity, updateTime } = limit?.metadata ?? {};
  const { reason, limitBefore } = readStopNote(note ?? "");
  return {
    charging: {
      kind: "stopped",
      reason,
      by: updateIdentity ?? "",
      since: optionalTsToMs(updateTime) ?? null,
    },
    limitBefore,
  };
}

type StopNote = { readonly reason: string; readonly limitBefore: number | null };

/**
 * A queue has one limit with one text, so a stop stores the limit that it replaces in that text: as JSON if there
 * was a limit, and as the plain reason otherwise.
 */
function writeStopNote({ reason, limitBefore }: StopNote): string {
  return limitBefore === null ? reason : JSON.stringify({ reason, limit_before: limitBefore });
}

function readStopNote(note: string): StopNote {
  try {
    const { reason, limit_before: limitBefore } = JSON.parse(note) as Record<string, unknown>;
    if (typeof reason === "string" && typeof limitBefore === "number") {
      return { reason, limitBefore };
    }
  } catch {
    // A plain reason.
  }
  return { reason: note, limitBefore: null };
}
