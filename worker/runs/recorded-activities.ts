import type { Activities } from "../../activities/index.ts";
import { recorded } from "../../domain/decision/recorded.ts";
import {
  leanReadOutcome,
  type RecordedActivities,
  wholeChargeInput,
  wholeNoticeInput,
  wholeReadInput,
} from "../../workflows/recovery/recorded-inputs.ts";

/**
 * Takes inputs as histories record them, and gives results to be recorded so. It comes last: what else is around activities sees
 * whole ones.
 */
export function recordActivities<All extends Activities>(
  all: All,
): Omit<All, keyof RecordedActivities> & RecordedActivities {
  const { decideRecovery, readDodo, charge, sendNotice, ...others } = all;
  return {
    ...others,
    decideRecovery: async (input) =>
      recorded(input.recovery, await decideRecovery(input), input.at),
    readDodo: async (input) => leanReadOutcome(await readDodo(wholeReadInput(input))),
    charge: (input) => charge(wholeChargeInput(input)),
    sendNotice: (input) => sendNotice(wholeNoticeInput(input)),
  };
}
