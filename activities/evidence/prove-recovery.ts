import type { RecoveryPort } from "../../dodo/port.ts";
import { type Proof, prove, type RecoveryRecord } from "../../domain/reporting/proof.ts";
import type { Payment } from "../../domain/state/payment.ts";
import type { RecoveryId, SubscriptionId } from "../../domain/values/ids.ts";
import { DAY_MS, type Instant } from "../../domain/values/time.ts";
import { metadataDigest } from "../metadata-digest.ts";
import { readPayments } from "./evidence.ts";

/** Reads all runs of a recovery, as Temporal recorded them. */
export type RecordReader = (recoveryId: RecoveryId) => Promise<RecoveryRecord>;

export type ProveInput = {
  readonly subscriptionId: SubscriptionId;
  readonly recoveryId: RecoveryId;
};

/** Payments from before the first failure do not matter. Clocks differ by less than this margin. */
const MARGIN_MS = DAY_MS;

/**
 * Compares what was owed and collected according to Temporal's histories with Dodo's payments.
 * @throws DodoError in an outage: Temporal retries
 */
export async function proveRecovery(
  { subscriptionId, recoveryId }: ProveInput,
  readRecord: RecordReader,
  dodo: RecoveryPort,
  now: () => Instant,
): Promise<Proof> {
  const record = await readRecord(recoveryId);
  const begun = record.debts.map(({ firstFailedAt }) => firstFailedAt ?? now());
  const since = Math.min(...begun, now()) - MARGIN_MS;
  const rows = await dodo.paymentsWithMetadata(subscriptionId, since, { tries: "patient" });
  const digests = new Map(
    rows.map(({ payment, metadata }) => [payment.paymentId, metadataDigest(metadata)]),
  );
  const listed = rows.map(({ payment }) => payment);
  // Lists do not show whether a payment changed the payment method.
  const isVague = ({ attemptKey, state }: Payment): boolean =>
    attemptKey === null && state === "succeeded";
  const vague = listed.filter(isVague).map(({ paymentId }) => paymentId);
  const whole = await readPayments(dodo, vague, null);
  return prove(record, [...listed.filter((payment) => !isVague(payment)), ...whole], digests);
}

export type ProofActivities = {
  readonly proveRecovery: (input: ProveInput) => Promise<Proof>;
};

/** The proof's activity, bound to its dependencies. */
export function createProofActivities(
  dodo: RecoveryPort,
  readRecord: RecordReader,
  now: () => Instant,
): ProofActivities {
  return {
    proveRecovery: (input) => proveRecovery(input, readRecord, dodo, now),
  };
}
