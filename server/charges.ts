import { setTimeout as delay } from "node:timers/promises";
import {
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
  type Client,
} from "@temporalio/client";
import type { AskedCharge, ChargeStanding } from "../domain/asked.ts";
import type { DebtId, SubscriptionId } from "../domain/ids.ts";
import { CHARGE_REQUEST, chargeStartOf, type ChargeMemo } from "../workflows/contract.ts";
import { Problem } from "./problem.ts";
import { askTemporal, TEMPORAL_DEADLINE_MS, TemporalUnavailableError } from "./ask-temporal.ts";

export type ChargeAsked = {
  readonly chargeId: DebtId;
  readonly subscriptionId: SubscriptionId;
  readonly charge: AskedCharge;
  readonly fingerprint: string;
  readonly by: string;
};

/** A charge as it is kept in Temporal. */
export type KeptCharge = {
  readonly subscriptionId: string;
  /** Null while nobody has taken or refused it. */
  readonly standing: ChargeStanding | null;
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

/** How often it is looked whether the charge is taken: at first soon, as that is usually a second's matter. */
const LOOKS_MS = [40, 80, 150, 250, 400];

/** @param client null until a connection is made */
export function createCharges(client: () => Client | null, taskQueue: string): Charges {
  return {
    ask: async (asked) => {
      const until = AbortSignal.timeout(TEMPORAL_DEADLINE_MS);
      await askTemporal(client, (connected) => ask(connected, taskQueue, asked, until));
    },
    view: async (chargeId) => {
      const memo = await askTemporal(client, (connected) => memoOf(connected, chargeId));
      if (memo === null) throw new Problem(404, "no_charge", `no charge ${chargeId} is kept`);
      return { subscriptionId: memo.subscriptionId, standing: memo.standing ?? null };
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
  try {
    await client.workflow.start(CHARGE_REQUEST, { ...start, args: [...start.args], taskQueue });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
  for (let looks = 0; !until.aborted; looks += 1) {
    const memo = await memoOf(client, chargeId);
    if (memo !== null && memo.fingerprint !== fingerprint) {
      const detail = "this Idempotency-Key was used for another request";
      throw new Problem(422, "idempotency_key_reused", detail);
    }
    const standing = memo?.standing;
    if (standing?.state === "refused") throw refusalOf(standing);
    if (standing !== undefined && standing.state !== "received") return;
    await delay(LOOKS_MS[Math.min(looks, LOOKS_MS.length - 1)] ?? 400);
  }
  // Not taken as far as anybody knows: never a 202.
  throw new TemporalUnavailableError("nobody has taken the charge in time");
}

/** Read from the server's own record: no worker is asked. */
async function memoOf(client: Client, chargeId: DebtId): Promise<ChargeMemo | null> {
  try {
    const { memo, type } = await client.workflow.getHandle(chargeId).describe();
    return type === CHARGE_REQUEST ? ((memo as ChargeMemo | undefined) ?? null) : null;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null;
    throw error;
  }
}

const STATUS: Readonly<Record<NonNullable<ChargeStanding["refusal"]>, number>> = {
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

function refusalOf({ refusal, reason }: ChargeStanding): Problem {
  const code = refusal ?? "subscription_not_chargeable";
  return new Problem(STATUS[code], code, reason ?? "it was refused");
}
