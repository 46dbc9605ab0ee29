import { createHash } from "node:crypto";
import { Problem } from "./problem.ts";

const CHECKSUM_BYTES = 8;

/**
 * Temporal's page token with a checksum over token and filters: Temporal answers a wrong token with an internal error.
 * @param filter of the list, in a fixed order; null where it is not set
 */
export function cursorOf(token: Buffer, filter: readonly (string | null)[]): string {
  return Buffer.concat([checksumOf(token, filter), token]).toString("base64url");
}

/** @throws Problem for a cursor that does not belong to these filters */
export function tokenOf(cursor: string, filter: readonly (string | null)[]): Buffer {
  const bytes = Buffer.from(cursor, "base64url");
  const token = bytes.subarray(CHECKSUM_BYTES);
  if (checksumOf(token, filter).equals(bytes.subarray(0, CHECKSUM_BYTES))) return token;
  throw new Problem(
    400,
    "invalid_cursor",
    "The cursor does not belong to a list with these filters.",
  );
}

function checksumOf(token: Buffer, filter: readonly (string | null)[]): Buffer {
  const named = JSON.stringify(filter);
  return createHash("sha256").update(named).update(token).digest().subarray(0, CHECKSUM_BYTES);
}
