import { createHash } from "node:crypto";
import type { Metadata } from "../../dodo/port.ts";
import { METADATA_PAIRS_MAX } from "../../domain/limits.ts";
import { RESERVED_METADATA_KEYS } from "../../domain/requested-charge/requested-charge.ts";
import type { AttemptKey, RecoveryId } from "../../domain/values/ids.ts";

/** What tells a payment of ours from any other. */
export type OwnKeys = {
  readonly recoveryId: RecoveryId;
  readonly key: AttemptKey;
  readonly number: number;
};

export type ChargeMetadata = {
  /** What the charge carries: the merchant's pairs, and over them our own. */
  readonly sent: Metadata;
  /** Of the merchant's pairs that are sent. */
  readonly digest: string;
};

const RESERVED: readonly string[] = RESERVED_METADATA_KEYS;

/**
 * A charge keeps the merchant's metadata, so that the merchant's own bookkeeping continues. Pairs beyond Dodo's limit are
 * left out.
 */
export function chargeMetadata(merchants: Metadata, own: OwnKeys): ChargeMetadata {
  const pairs = Object.entries(merchants)
    .filter(([name]) => !RESERVED.includes(name))
    .slice(0, METADATA_PAIRS_MAX - RESERVED.length);
  const ours: Record<(typeof RESERVED_METADATA_KEYS)[number], string | number> = {
    recovery_id: own.recoveryId,
    recovery_attempt: own.key,
    retry_attempt: own.number,
  };
  return { sent: { ...Object.fromEntries(pairs), ...ours }, digest: digestOf(pairs) };
}

/**
 * SHA-256, in hex, of the pairs as a JSON array of `[name, value]`, sorted by name. The history records it in place of the
 * metadata, which may be large and may name people: whoever has the payment can tell whether it carries what was sent.
 */
export function metadataDigest(merchants: Metadata): string {
  return digestOf(Object.entries(merchants).filter(([name]) => !RESERVED.includes(name)));
}

function digestOf(pairs: readonly (readonly [string, Metadata[string]])[]): string {
  const sorted = pairs.toSorted(([a], [b]) => (a < b ? -1 : 1));
  return createHash("sha256").update(JSON.stringify(sorted)).digest("hex");
}
