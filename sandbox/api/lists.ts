/** Paging, order and filters of Dodo's lists. @source docs/dodo/api.md, "Pagination"; docs/dodo/payments.md, "Lists" */
import { invalidParameters } from "../model/errors.ts";
import type { ApiCall, Params } from "./route.ts";

const PAGE_SIZE = 10;
const PAGE_SIZE_MAX = 100;

/** @returns the page that the query asks for; pages start at 0 */
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

/** Newest first, at equal times the last created first. An assumption: Dodo documents no order. @source docs/dodo/open-questions.md, "Order of lists" */
export function newestFirst<Item extends { readonly createdAt: number }>(
  items: Iterable<Item>,
): Item[] {
  return [...items].toReversed().toSorted((a, b) => b.createdAt - a.createdAt);
}

/** @returns a filter by `created_at`; both bounds are inclusive */
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

export function matchesFilter(filter: string | undefined, value: string | null): boolean {
  return filter === undefined || filter === value;
}
