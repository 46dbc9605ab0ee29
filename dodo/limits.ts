import { DAY_MS, HOUR_MS } from "../domain/values/time.ts";

/** Dodo's limits. Ours lie within them: domain/limits.ts; a test compares the two. */
export const DODO_LIMITS = {
  /** Attempts of one subscription; over which time is unknown. @source docs/dodo/charging.md, "Limits" */
  attempts: 10,
  /** The least that the gateway takes, in US cents, as far as it is known. @source docs/dodo/charging.md, "Limits" */
  minimumUsdMinor: 50,
  /** Amounts are 32-bit. @source docs/dodo/charging.md, "Limits" */
  maximumMinor: 2_147_483_647,
  /** @source docs/dodo/charging.md, "Metadata" */
  metadata: { pairs: 50, keyCharacters: 40, valueCharacters: 500 },
  /** Debits in rupees: retries that NPCI allows, and how long one may take. @source docs/dodo/charging.md, "India" */
  india: { retries: 3, debitMs: 51 * HOUR_MS },
  /** How long a checkout takes a payment method. @source docs/dodo/checkout.md, "Checkout sessions" */
  checkoutMs: DAY_MS,
  /** Rows of one page of a list. @source docs/dodo/api.md, "Pagination" */
  pageSize: 100,
  /** Requests of the whole account, on the lowest tier. @source docs/dodo/api.md, "Rate limits" */
  requestsPerMinute: 240,
} as const;
