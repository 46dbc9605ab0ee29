import type { Client } from "@temporalio/client";
import { readScheduleMemo } from "../../platform/temporal/schedule-memo.ts";
import { MODE_MEMO, MODE_RECORD, SWEEP_SCHEDULE } from "../../workflows/contract.ts";
import { callTemporal } from "./call-temporal.ts";

export type NamespaceStatus = {
  /**
   * Whether a worker has once found that the namespace has what Reprise needs. It then recorded the mode.
   * @throws TemporalUnavailableError, or what Temporal answers
   */
  readonly isFit: () => Promise<boolean>;
};

/** @param client null until connected */
export function createNamespaceStatus(client: () => Client | null): NamespaceStatus {
  let isFit = false;
  return {
    isFit: async () => {
      if (isFit) return true;
      const mode = await callTemporal(
        client,
        async (connected) =>
          (await readScheduleMemo(connected, SWEEP_SCHEDULE, MODE_MEMO)) ??
          (await readScheduleMemo(connected, MODE_RECORD, MODE_MEMO)),
      );
      isFit = mode !== null;
      return isFit;
    },
  };
}
