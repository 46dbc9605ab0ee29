import type { SearchAttributeUpdatePair } from "@temporalio/common";
import type { Attributes } from "../../domain/decision/decision.ts";
import { SEARCH_ATTRIBUTES } from "../contract.ts";

/** The domain's attributes under the names that Temporal knows. */
export function searchAttributePairs(attributes: Attributes): SearchAttributeUpdatePair[] {
  const { nextAttemptAt, ...others } = attributes;
  const pairs = Object.entries(others).map(
    ([name, value]) =>
      ({ key: SEARCH_ATTRIBUTES[name as keyof typeof others], value }) as SearchAttributeUpdatePair,
  );
  if (nextAttemptAt === undefined) return pairs;
  const value = nextAttemptAt === null ? null : new Date(nextAttemptAt);
  return [...pairs, { key: SEARCH_ATTRIBUTES.nextAttemptAt, value } as SearchAttributeUpdatePair];
}
