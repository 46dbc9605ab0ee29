import type { LedgerCheck } from "../../domain/reporting/ledger-check.ts";
import type { RecoveryId } from "../../domain/values/ids.ts";

/** A run of a recovery. */
export type RunOfRecovery = { readonly recoveryId: RecoveryId; readonly runId: string };

/** What these activities do with the ledger. Each may be called again. */
export type LedgerPort = {
  /** Replaces the rows of one run by those of its history. */
  readonly replaceRun: (run: RunOfRecovery) => Promise<void>;
  /** Replaces the rows of every run that has changed since its last replacement, and of those that the ledger lacks. */
  readonly fillFromHistories: () => Promise<LedgerFilled>;
  /** Compares every run with its history. */
  readonly compare: () => Promise<LedgerCheck>;
};

export type LedgerFilled = {
  readonly replaced: number;
  /** Runs whose rows came from their complete history before. */
  readonly unchanged: number;
  /** Runs of the ledger that Temporal never had, or lost with a restored backup. */
  readonly removed: number;
};

export type LedgerActivities = {
  /** @returns null on a worker without a ledger */
  readonly completeLedger: (run: RunOfRecovery) => Promise<"replaced" | null>;
  readonly fillLedger: () => Promise<LedgerFilled | null>;
  readonly verifyLedger: () => Promise<LedgerCheck | null>;
};

/** @param onDrift tells the operator */
export function createLedgerActivities(
  ledger: LedgerPort | null,
  onDrift: (check: LedgerCheck) => Promise<void>,
): LedgerActivities {
  return {
    completeLedger: async (run) => {
      if (ledger === null) return null;
      await ledger.replaceRun(run);
      return "replaced";
    },
    fillLedger: async () => (ledger === null ? null : await ledger.fillFromHistories()),
    verifyLedger: async () => {
      if (ledger === null) return null;
      const check = await ledger.compare();
      if (check.drifts > 0) await onDrift(check);
      return check;
    },
  };
}
