import type { Metadata } from "../../dodo/port.ts";
import { METADATA_PAIRS_MAX } from "../../domain/limits.ts";
import { RESERVED_METADATA_KEYS } from "../../domain/requested-charge/requested-charge.ts";
import type { AttemptKey, RecoveryId } from "../../domain/values/ids.ts";
import { merchantsPairs } from "../metadata-digest.ts";

/** The keys that identify a payment of ours. */
type OwnKeys = {
  readonly recoveryId: RecoveryId;
  readonly key: AttemptKey;
  readonly number: number;
};

/**
 * The metadata of a charge: the merchant's, so that the merchant's own bookkeeping continues, and our own keys, which take
 * precedence. Pairs beyond Dodo's limit are omitted.
 */
export function chargeMetadata(merchants: Metadata, own: OwnKeys): Metadata {
  const room = METADATA_PAIRS_MAX - RESERVED_METADATA_KEYS.length;
  const ours: Record<(typeof RESERVED_METADATA_KEYS)[number], string | number> = {
    recovery_id: own.recoveryId,
    recovery_attempt: own.key,
    retry_attempt: own.number,
  };
  return { ...Object.fromEntries(merchantsPairs(merchants).slice(0, room)), ...ours };
}
