import { createHash } from "node:crypto";
import type { Metadata } from "../dodo/port.ts";
import { RESERVED_METADATA_KEYS } from "../domain/requested-charge/requested-charge.ts";

const RESERVED: readonly string[] = RESERVED_METADATA_KEYS;

/** The pairs that Reprise does not set itself. */
export function merchantsPairs(metadata: Metadata): [name: string, value: Metadata[string]][] {
  return Object.entries(metadata).filter(([name]) => !RESERVED.includes(name));
}

/**
 * SHA-256, in hex, of the merchant's pairs: a JSON array of `[name, value]`, values as text, sorted by name. The history
 * records it in place of the metadata, which may be large and may name people. The proof compares it with the metadata of the
 * payment at Dodo.
 */
export function metadataDigest(metadata: Metadata): string {
  const pairs = merchantsPairs(metadata)
    .map(([name, value]) => [name, String(value)] as const)
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  return createHash("sha256").update(JSON.stringify(pairs)).digest("hex");
}
