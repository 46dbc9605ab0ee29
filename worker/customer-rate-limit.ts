import type { Log } from "../platform/log.ts";
import { type ActivityQueue, perSecondOf } from "../platform/temporal/activity-queue.ts";

/**
 * One charge per customer in ten seconds, so that a customer with many debts does not cause a burst at the bank.
 * @source docs/dodo/charging.md, "Retry calendar"
 */
export const CHARGES_PER_CUSTOMER_PER_SECOND = 0.1;

/**
 * Sets a rate limit per customer on the charge queue if none is set. Charges carry `customer_id` as their fairness
 * key. On a server without fairness (`matching.enableFairness`), only the account's rate limit applies.
 */
export async function ensureCustomerRateLimit(charges: ActivityQueue, log: Log): Promise<void> {
  const current = perSecondOf((await charges.readRateLimits()).perKey);
  if (current !== null) {
    log.info({ event: "customer_rate_limit_kept", perSecond: current });
    return;
  }
  const perKey = {
    perSecond: CHARGES_PER_CUSTOMER_PER_SECOND,
    reason: "Reprise's default. You can change it; Reprise never overwrites it.",
  };
  await charges.setRateLimits({ perKey }, "worker");
  log.info({ event: "customer_rate_limit_set", perSecond: CHARGES_PER_CUSTOMER_PER_SECOND });
}
