import type { Log } from "../platform/log.ts";
import { type ActivityQueue, perSecondOf } from "../platform/temporal/activity-queue.ts";

/**
 * One charge of a customer in ten seconds: many debts of one customer are no burst of charges to the bank.
 * @source dodo.md 5.7, "no bursts"; "cap concurrent retries per customer and per account"
 */
export const CHARGES_PER_CUSTOMER_PER_SECOND = 0.1;

/**
 * Gives each customer a pace of its own on the queue of charges, where none is set: charges carry `customer_id` as their
 * fairness key. Without fairness in the server (`matching.enableFairness`) the account's pace holds alone.
 */
export async function ensureCustomerPace(charges: ActivityQueue, log: Log): Promise<void> {
  const standing = perSecondOf((await charges.limits()).perKey);
  if (standing !== null) {
    log.info({ event: "customer_pace_kept", perSecond: standing });
    return;
  }
  const perKey = {
    perSecond: CHARGES_PER_CUSTOMER_PER_SECOND,
    reason: "Set by Reprise where none was set. Yours to change: it is never overwritten.",
  };
  await charges.limit({ perKey }, "worker");
  log.info({ event: "customer_pace_set", perSecond: CHARGES_PER_CUSTOMER_PER_SECOND });
}
