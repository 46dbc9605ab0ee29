import type { Client } from "@temporalio/client";
import type {
  RequestedCharge,
  RequestedChargeStatus,
} from "../../../domain/state/requested-charge.ts";
import type { DebtId, SubscriptionId } from "../../../domain/values/ids.ts";
import { CHARGE_REQUEST, type ChargeMemo, chargeStartOf } from "../../../workflows/contract.ts";
import {
  callTemporal,
  TEMPORAL_DEADLINE_MS,
  TemporalUnavailableError,
} from "../../temporal/call-temporal.ts";
import { readMemo, startOnce } from "../idempotency.ts";
import { Problem } from "../problem.ts";

export type ChargeSubmission = {
  readonly chargeId: DebtId;
  readonly subscriptionId: SubscriptionId;
  readonly charge: RequestedCharge;
  /** Digest of the request body; see `fingerprintOf`. */
  readonly fingerprint: string;
  /** The name of the operator key. */
  readonly by: string;
};

/** A requested charge as its workflow's memo has it. */
export type StoredCharge = {
  readonly subscriptionId: string;
  /** Null until the recovery has accepted or refused it. */
  readonly status: RequestedChargeStatus | null;
};

export type Charges = {
  /**
   * Resolves once the charge is accepted. The same key gives the same result, also after the charge has ended.
   *
   * @throws Problem if the charge is refused, or the key was used with another body
   * @throws TemporalUnavailableError if nothing is decided in time; the charge may still be accepted
   */
  readonly request: (submission: ChargeSubmission) => Promise<void>;
  /** @throws Problem if there is no such charge */
  readonly view: (chargeId: DebtId) => Promise<StoredCharge>;
};

/** @param client null until connected */
export function createCharges(client: () => Client | null, taskQueue: string): Charges {
  return {
    request: async (submission) => {
      const until = AbortSignal.timeout(TEMPORAL_DEADLINE_MS);
      await callTemporal(client, (connected) => request(connected, taskQueue, submission, until));
    },
    view: async (chargeId) => {
      const memo = await callTemporal(client, (connected) =>
        readMemo<ChargeMemo>(connected, CHARGE_REQUEST, chargeId),
      );
      if (memo === null) throw new Problem(404, "no_charge", `There is no charge ${chargeId}.`);
      return { subscriptionId: memo.subscriptionId, status: memo.status ?? null };
    },
  };
}

async function request(
  client: Client,
  taskQueue: string,
  { chargeId, subscriptionId, charge, fingerprint, by }: ChargeSubmission,
  until: AbortSignal,
): Promise<void> {
  const start = chargeStartOf(chargeId, { subscriptionId, charge, by }, fingerprint);
  const memo = await startOnce<ChargeMemo>(
    client,
    { ...start, type: CHARGE_REQUEST, taskQueue },
    ({ status }) => status !== undefined && status.state !== "received",
    until,
  );
  const status = memo?.status;
  if (status?.state === "refused") throw refusalOf(status);
  if (status === undefined || status.state === "received") {
    // 202 promises that the charge is accepted, which is not known yet.
    throw new TemporalUnavailableError("the charge was not accepted or refused in time");
  }
}

const HTTP_STATUS: Readonly<Record<NonNullable<RequestedChargeStatus["refusal"]>, number>> = {
  subscription_not_found: 404,
  shadow: 409,
  too_many_debts: 409,
  subscription_not_on_demand: 409,
  subscription_not_chargeable: 409,
  cancellation_scheduled: 409,
  opted_out: 409,
  currency_mismatch: 422,
  amount_below_minimum: 422,
};

function refusalOf({ refusal, reason }: RequestedChargeStatus): Problem {
  const code = refusal ?? "subscription_not_chargeable";
  return new Problem(HTTP_STATUS[code], code, reason ?? "The charge was refused.");
}
