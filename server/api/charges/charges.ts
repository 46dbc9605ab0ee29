import type { Client } from "@temporalio/client";
import type {
  RequestedCharge,
  RequestedChargeStatus,
} from "../../../domain/state/requested-charge.ts";
import type { DebtId, SubscriptionId } from "../../../domain/values/ids.ts";
import { CHARGE_REQUEST, type ChargeMemo, chargeStartOf } from "../../../workflows/contract.ts";
import {
  askTemporal,
  TEMPORAL_DEADLINE_MS,
  TemporalUnavailableError,
} from "../../temporal/ask-temporal.ts";
import { askOnce, memoOf } from "../idempotency.ts";
import { Problem } from "../problem.ts";

export type ChargeAsked = {
  readonly chargeId: DebtId;
  readonly subscriptionId: SubscriptionId;
  readonly charge: RequestedCharge;
  readonly fingerprint: string;
  readonly by: string;
};

/** A charge as it is kept in Temporal. */
export type KeptCharge = {
  readonly subscriptionId: string;
  /** Null while nobody has taken or refused it. */
  readonly status: RequestedChargeStatus | null;
};

export type Charges = {
  /**
   * Resolves once it is taken; the same key again resolves the same, whether it is open or has ended.
   *
   * @throws Problem where it is refused, or another body came under the same key
   * @throws TemporalUnavailableError where nobody has decided in time: it is kept, and may still be taken
   */
  readonly ask: (asked: ChargeAsked) => Promise<void>;
  readonly view: (chargeId: DebtId) => Promise<KeptCharge>;
};

/** @param client null until a connection is made */
export function createCharges(client: () => Client | null, taskQueue: string): Charges {
  return {
    ask: async (asked) => {
      const until = AbortSignal.timeout(TEMPORAL_DEADLINE_MS);
      await askTemporal(client, (connected) => ask(connected, taskQueue, asked, until));
    },
    view: async (chargeId) => {
      const memo = await askTemporal(client, (connected) =>
        memoOf<ChargeMemo>(connected, CHARGE_REQUEST, chargeId),
      );
      if (memo === null) throw new Problem(404, "no_charge", `no charge ${chargeId} is kept`);
      return { subscriptionId: memo.subscriptionId, status: memo.status ?? null };
    },
  };
}

async function ask(
  client: Client,
  taskQueue: string,
  { chargeId, subscriptionId, charge, fingerprint, by }: ChargeAsked,
  until: AbortSignal,
): Promise<void> {
  const start = chargeStartOf(chargeId, { subscriptionId, charge, by }, fingerprint);
  const memo = await askOnce<ChargeMemo>(
    client,
    { ...start, type: CHARGE_REQUEST, taskQueue },
    ({ status }) => status !== undefined && status.state !== "received",
    until,
  );
  const status = memo?.status;
  if (status?.state === "refused") throw refusalOf(status);
  if (status === undefined || status.state === "received") {
    // Not taken as far as anybody knows: never a 202.
    throw new TemporalUnavailableError("nobody has taken the charge in time");
  }
}

const STATUS: Readonly<Record<NonNullable<RequestedChargeStatus["refusal"]>, number>> = {
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
  return new Problem(STATUS[code], code, reason ?? "it was refused");
}
