import type { SearchAttributeUpdatePair } from "@temporalio/common";
import type { Attributes } from "../../domain/decision/decision.ts";
import { SEARCH_ATTRIBUTES } from "../contract.ts";

/** The domain's attributes under the names that Temporal knows. */
export function searchAttributePairs(attributes: Attributes): SearchAttributeUpdatePair[] {
  return Object.entries(attributes).map(([name, value]) => {
    const key = SEARCH_ATTRIBUTES[name as keyof Attributes];
    return { key, value: valueOf(key.type, value) } as SearchAttributeUpdatePair;
  });
}

/** Instants are numbers in the domain. */
function valueOf(type: string, value: string | number | null): string | number | Date | null {
  return type === "DATETIME" && typeof value === "number" ? new Date(value) : value;
}
