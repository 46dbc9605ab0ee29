import { failureOf, type RecoveryPort, TooManyPaymentsError } from "../../dodo/port.ts";
import { withEarlierKeys } from "../../domain/charge/earlier-charges.ts";
import type { ReadOutcome } from "../../domain/state/event.ts";
import type { EarlierRuns, Evidence } from "../../domain/state/payment.ts";
import type { RecoveryId } from "../../domain/values/ids.ts";
import type { Instant } from "../../domain/values/time.ts";
import { type EvidenceRequest, readEvidence } from "./evidence.ts";

export type ReadInput = EvidenceRequest & {
  readonly at: Instant;
  readonly recoveryId: RecoveryId;
};

/** Reads the other runs of a recovery: the ended debts, the blocked cards, and the charges that stopped runs left behind. */
export type EarlierRunsReader = (
  recoveryId: RecoveryId,
) => Promise<EarlierRuns & Pick<Evidence, "exhaustedDebts">>;

/**
 * Reads Dodo and the results of earlier runs.
 * @returns `refused` if Dodo refuses the read
 * @throws DodoError in an outage, and while Dodo refuses the API key: Temporal retries
 */
export async function readDodo(
  input: ReadInput,
  dodo: RecoveryPort,
  readEarlierRuns: EarlierRunsReader,
  now: () => Instant,
): Promise<ReadOutcome> {
  const earlier = await readEarlierRuns(input.recoveryId);
  try {
    const evidence = await readEvidence(dodo, input, now);
    const payments = withEarlierKeys(evidence.payments, earlier.earlierCharges);
    return { kind: "read", evidence: { ...evidence, ...earlier, payments } };
  } catch (error) {
    if (error instanceof TooManyPaymentsError) {
      const code = "TOO_MANY_PAYMENTS";
      return { kind: "refused", meaning: "too_many_payments", code, httpStatus: 200 };
    }
    const failure = failureOf(error);
    if (failure.kind === "refused") return failure;
    throw error;
  }
}
