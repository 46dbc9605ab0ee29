import { DAY_MS, type Instant, MINUTE_MS } from "../../domain/values/time.ts";
import { fieldsOf, textOf } from "../shapes.ts";
import type { Client } from "./client.ts";

/** Names change rarely, and only help customers to tell mails apart. */
const KNOWN_FOR_MS = 7 * DAY_MS;

/** Of a product without a name, or one that the key may not read. */
const MISSING_FOR_MS = 10 * MINUTE_MS;

const ENTRIES_MAX = 1_000;

type Entry = { readonly name: string | null; readonly until: Instant };

/**
 * Reads the names of products and remembers them. A name only helps customers to tell mails apart, so no failure of this read
 * matters.
 */
export function createProductNames({
  sdk,
  reading,
  now,
}: Client): (productId: string) => Promise<string | null> {
  const entries = new Map<string, Entry>();
  const read = async (id: string): Promise<string | null> => {
    try {
      return textOf(fieldsOf(await sdk.products.retrieve(id, reading("once")))["name"]);
    } catch {
      return null;
    }
  };
  return async (id) => {
    const known = entries.get(id);
    if (known !== undefined && now() < known.until) return known.name;
    const name = await read(id);
    if (entries.size >= ENTRIES_MAX) entries.clear();
    entries.set(id, { name, until: now() + (name === null ? MISSING_FOR_MS : KNOWN_FOR_MS) });
    return name;
  };
}
