import { DAY_MS, HOUR_MS } from "../domain/values/time.ts";

/** Dodo's limits. Our own are in domain/limits.ts; test/dodo/limits.test.ts checks that they lie within these. */
export const DODO_LIMITS = {
  /** Attempts for one subscription; Dodo does not document the period. @source docs/dodo/charging.md, "Limits" */
  attempts: 10,
  /** The smallest amount in US cents, as far as Dodo documents it. @source docs/dodo/charging.md, "Limits" */
  minimumUsdMinor: 50,
  /** Amounts are 32-bit integers. @source docs/dodo/charging.md, "Limits" */
  maximumMinor: 2_147_483_647,
  /** @source docs/dodo/charging.md, "Metadata" */
  metadata: { pairs: 50, keyCharacters: 40, valueCharacters: 500 },
  /** Debits in rupees: retries that NPCI allows, and the longest duration of one debit. @source docs/dodo/charging.md, "India" */
  india: { retries: 3, debitMs: 51 * HOUR_MS },
  /** How long a checkout is open. @source docs/dodo/checkout.md, "Checkout sessions" */
  checkoutMs: DAY_MS,
  /** Rows on one page of a list. @source docs/dodo/api.md, "Pagination" */
  pageSize: 100,
  /** Requests of the whole account, in the lowest tier. @source docs/dodo/api.md, "Rate limits" */
  requestsPerMinute: 240,
} as const;
