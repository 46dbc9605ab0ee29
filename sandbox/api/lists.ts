import type { ApiCall, Params } from "./request-pipeline.ts";
import { invalidParameters } from "../model/errors.ts";

const PAGE_SIZE = 10;
const PAGE_SIZE_MAX = 100;

/** A page of what is given, 0-based. @source dodo.md 8.4 */
export function paginate<Item>(items: readonly Item[], query: Params): Item[] {
  const number = wholeNumberParam(query, "page_number") ?? 0;
  const size = wholeNumberParam(query, "page_size") ?? PAGE_SIZE;
  if (size < 1 || size > PAGE_SIZE_MAX) {
    throw invalidParameters(`page_size must be from 1 to ${PAGE_SIZE_MAX}`);
  }
  return items.slice(number * size, (number + 1) * size);
}

function wholeNumberParam(query: Params, name: string): number | null {
  const text = query[name];
  if (text === undefined) return null;
  if (!/^\d+$/.test(text)) throw invalidParameters(`${name} must be a whole number`);
  return Number(text);
}

/** Newest first, which no documentation promises. @source dodo.md 11, question 10 */
export function newestFirst<Item extends { readonly createdAt: number }>(
  items: Iterable<Item>,
): Item[] {
  return [...items].toReversed().toSorted((a, b) => b.createdAt - a.createdAt);
}

/** Both ends included. */
export function createdInRange({
  query,
}: ApiCall): (item: { readonly createdAt: number }) => boolean {
  const from = timestampParam(query, "created_at_gte") ?? Number.NEGATIVE_INFINITY;
  const to = timestampParam(query, "created_at_lte") ?? Number.POSITIVE_INFINITY;
  return ({ createdAt }) => createdAt >= from && createdAt <= to;
}

function timestampParam(query: Params, name: string): number | null {
  const text = query[name];
  if (text === undefined) return null;
  const instant = Date.parse(text);
  if (Number.isNaN(instant)) throw invalidParameters(`${name} must be an RFC 3339 timestamp`);
  return instant;
}

/** Whether a filter is absent or met. */
export function matchesFilter(filter: string | undefined, value: string | null): boolean {
  return filter === undefined || filter === value;
}
