import { describe, expect, test } from "vitest";
import { VARIABLES } from "../../config/variables.ts";
import { DODO_LIMITS } from "../../dodo/limits.ts";
import {
  ATTEMPTS_PER_30_DAYS_MAX,
  CHECKOUT_PAYABLE_MS,
  GAPS_MAX,
  INR_IN_FLIGHT_MS,
  INR_RETRIES_MAX,
  MAXIMUM_MINOR,
  METADATA_PAIRS_MAX,
} from "../../domain/limits.ts";
import { DEFAULT_POLICY } from "../../domain/policy.ts";
import { isBelowMinimum } from "../../domain/requested-charge/requested-charge.ts";
import { metadataSchema } from "../../server/api/metadata.ts";

describe("our limits", () => {
  test("leave two of Dodo's attempts to the merchant", () => {
    expect(ATTEMPTS_PER_30_DAYS_MAX).toBeLessThanOrEqual(DODO_LIMITS.attempts - 2);
    expect(1 + GAPS_MAX).toBeLessThanOrEqual(DODO_LIMITS.attempts);
    expect(1 + DEFAULT_POLICY.retry.gapsMs.length).toBeLessThanOrEqual(DODO_LIMITS.attempts);
  });

  test("keep to the retries of an Indian mandate, and wait for its debit", () => {
    expect(INR_RETRIES_MAX).toBeLessThanOrEqual(DODO_LIMITS.india.retries);
    expect(INR_IN_FLIGHT_MS).toBeGreaterThanOrEqual(DODO_LIMITS.india.debitMs);
  });

  test("accept every amount that Dodo accepts, and no larger one", () => {
    expect(MAXIMUM_MINOR).toBeLessThanOrEqual(DODO_LIMITS.maximumMinor);
    expect(isBelowMinimum(DODO_LIMITS.minimumUsdMinor, "USD")).toBe(false);
    expect(isBelowMinimum(DODO_LIMITS.minimumUsdMinor - 1, "USD")).toBe(true);
  });

  test("stay within Dodo's limits of metadata", () => {
    const { pairs, keyCharacters, valueCharacters } = DODO_LIMITS.metadata;
    const isTaken = (key: string, value: string): boolean =>
      metadataSchema().safeParse({ [key]: value }).success;
    expect(METADATA_PAIRS_MAX).toBeLessThanOrEqual(pairs);
    expect(isTaken("k".repeat(keyCharacters), "v".repeat(valueCharacters))).toBe(true);
    expect(isTaken("k".repeat(keyCharacters + 1), "v")).toBe(false);
    expect(isTaken("k", "v".repeat(valueCharacters + 1))).toBe(false);
  });

  test("stay below Dodo's rate limit by default", () => {
    const pace = VARIABLES.find(({ name }) => name === "DODO_PAYMENTS_RATE_PER_MINUTE");
    expect(Number(pace?.fallback)).toBeLessThanOrEqual(DODO_LIMITS.requestsPerMinute);
  });

  test("close a mandate's checkout no later than Dodo", () => {
    expect(CHECKOUT_PAYABLE_MS).toBeLessThanOrEqual(DODO_LIMITS.checkoutMs);
  });
});
