import { createHash, timingSafeEqual } from "node:crypto";

/** Who may use the operator API; the name goes into the record. */
export type OperatorKey = { readonly name: string; readonly secret: string };

/** The name behind an `Authorization` header, or null. */
export type OperatorOf = (authorization: string | undefined) => string | null;

/** Digests are of one length, and every key is compared, so that time tells neither length nor place. */
export function operatorsBy(keys: readonly OperatorKey[]): OperatorOf {
  const known = keys.map(({ name, secret }) => ({ name, digest: digestOf(secret) }));
  return (authorization) => {
    const given = /^Bearer +(\S+)$/i.exec(authorization ?? "")?.[1];
    if (given === undefined) return null;
    const digest = digestOf(given);
    const found = known.filter((key) => timingSafeEqual(key.digest, digest));
    return found[0]?.name ?? null;
  };
}

const digestOf = (text: string): Buffer => createHash("sha256").update(text).digest();
