import { z } from "zod";
import { METADATA_PAIRS_MAX } from "../../domain/limits.ts";
import { RESERVED_METADATA_KEYS } from "../../domain/requested-charge/requested-charge.ts";

/** The metadata is part of the recovery's state, also while its debt is queued, so its size is limited. */
const CHARACTERS_MAX = 4_000;

/** The merchant's own metadata. @param own names that Reprise sets, in addition to those of every charge */
export function metadataSchema(own: readonly string[] = []) {
  const reserved = [...RESERVED_METADATA_KEYS, ...own];
  const pairsMax = METADATA_PAIRS_MAX - reserved.length;
  return z
    .record(z.string().regex(/^[A-Za-z0-9_-]{1,40}$/), z.string().max(500))
    .refine((pairs) => Object.keys(pairs).length <= pairsMax, {
      error: `at most ${pairsMax} pairs`,
    })
    .refine((pairs) => JSON.stringify(pairs).length <= CHARACTERS_MAX, {
      error: `at most ${CHARACTERS_MAX} characters in total`,
    })
    .refine((pairs) => reserved.every((name) => !(name in pairs)), {
      error: `${reserved.join(", ")} are set by Reprise`,
    })
    .meta({ maxProperties: pairsMax });
}
