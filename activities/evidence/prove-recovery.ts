import type { Dodo } from "../../dodo/client.ts";
import { paymentOf } from "../../dodo/shapes.ts";
import { type Proof, prove, type RecoveryRecord } from "../../domain/reporting/proof.ts";
import type { Payment } from "../../domain/state/payment.ts";
import type { RecoveryId, SubscriptionId } from "../../domain/values/ids.ts";
import { DAY_MS, type Instant } from "../../domain/values/time.ts";
import { withHeartbeat } from "../heartbeat.ts";
import { retrieveAll } from "./evidence.ts";

/** All runs of a recovery, as Temporal recorded them. */
export type RecordReader = (recoveryId: RecoveryId) => Promise<RecoveryRecord>;

export type ProveInput = {
  readonly subscriptionId: SubscriptionId;
  readonly recoveryId: RecoveryId;
};

/** Payments from before the first failure are no part of what was owed; clocks differ by less than this. */
const MARGIN_MS = DAY_MS;

/**
 * Computes what was owed and collected, from Temporal's histories and from Dodo's list, each on its own.
 * An outage throws, and Temporal tries again.
 */
export async function proveRecovery(
  { subscriptionId, recoveryId }: ProveInput,
  readRecord: RecordReader,
  dodo: Dodo,
  now: () => Instant,
): Promise<Proof> {
  const record = await readRecord(recoveryId);
  const begun = record.debts.map(({ firstFailedAt }) => firstFailedAt ?? now());
  const since = Math.min(...begun, now()) - MARGIN_MS;
  const listed = await dodo.listPayments(subscriptionId, since, "patient");
  const at = now();
  const rows = listed.map((row) => paymentOf(row, at, null)).filter((row) => row !== null);
  // Rows do not say that a method's update collected it.
  const isVague = ({ attemptKey, state }: Payment): boolean =>
    attemptKey === null && state === "succeeded";
  const vague = rows.filter(isVague).map(({ paymentId }) => paymentId);
  const whole = await retrieveAll(dodo, vague, at, null);
  return prove(record, [...rows.filter((row) => !isVague(row)), ...whole]);
}

export type ProofActivities = {
  readonly proveRecovery: (input: ProveInput) => Promise<Proof>;
};

/** The proof's activity, bound to its dependencies. */
export function createProofActivities(
  dodo: Dodo,
  readRecord: RecordReader,
  now: () => Instant,
): ProofActivities {
  return {
    proveRecovery: (input) => withHeartbeat(() => proveRecovery(input, readRecord, dodo, now)),
  };
}
