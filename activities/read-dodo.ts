import type { ReadOutcome } from "../domain/event.ts";
import type { RecoveryId } from "../domain/ids.ts";
import type { Instant } from "../domain/time.ts";
import { failureOf } from "./dodo-errors.ts";
import { TooManyPaymentsError, type Dodo } from "./dodo.ts";
import { readEvidence, type EvidenceRequest } from "./evidence.ts";

export type ReadInput = EvidenceRequest & {
  readonly at: Instant;
  readonly recoveryId: RecoveryId;
};

/** The debts that earlier runs of a recovery ended: a debt ends once. */
export type EndedDebtsReader = (recoveryId: RecoveryId) => Promise<readonly string[]>;

/**
 * Reads Dodo and the results of earlier runs.
 * @returns `refused` where Dodo says no for good; an outage throws, and Temporal tries again
 */
export async function readDodo(
  input: ReadInput,
  dodo: Dodo,
  readEndedDebts: EndedDebtsReader,
  now: () => Instant,
): Promise<ReadOutcome> {
  const endedDebts = await readEndedDebts(input.recoveryId);
  try {
    const evidence = await readEvidence(dodo, input, now);
    return { kind: "read", evidence: { ...evidence, endedDebts } };
  } catch (error) {
    if (error instanceof TooManyPaymentsError) {
      return { kind: "refused", code: "TOO_MANY_PAYMENTS", httpStatus: 200 };
    }
    const failure = failureOf(error);
    if (failure.kind === "unauthorized" || failure.kind === "refused") {
      return { kind: "refused", code: failure.code, httpStatus: failure.httpStatus };
    }
    throw error;
  }
}
