import { DAY_MS, HOUR_MS } from "./values/time.ts";

// The limits that Reprise keeps. Each lies within a limit of Dodo's, which dodo/limits.ts has; a test compares them.

/** Attempts of a subscription in any 30 days. Dodo refuses the eleventh; two are left for the merchant. */
export const ATTEMPTS_PER_30_DAYS_MAX = 8;

/** Gaps of a retry schedule: as many attempts as may follow the charge that failed. */
export const GAPS_MAX = 8;

/** Retries of a debt in rupees. */
export const INR_RETRIES_MAX = 3;

/** How long an accepted charge in rupees may stay open, whatever the policy's deadline. */
export const INR_IN_FLIGHT_MS = 51 * HOUR_MS;

/** Metadata pairs of a charge, our own included. */
export const METADATA_PAIRS_MAX = 50;

/** In minor units. */
export const MAXIMUM_MINOR = 2_147_483_647;

/**
 * What Dodo surely refuses, in minor units, by the digits of the currency. Dodo may still refuse a larger amount: half a
 * dollar, fifty yen, and a little of the currencies with three digits are a lower bound for all.
 */
export const MINIMUM_MINOR_BY_DIGITS: Readonly<Record<number, number>> = { 0: 50, 2: 50, 3: 150 };

/** Subscriptions of one payment that are kept. Dodo documents no limit; no merchant is known to bill so many at once. */
export const SUBSCRIPTIONS_PER_PAYMENT_MAX = 100;

/** How long the customer can use a mandate's checkout. */
export const CHECKOUT_PAYABLE_MS = DAY_MS;
