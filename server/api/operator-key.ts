import { createHash, timingSafeEqual } from "node:crypto";

/** A key of the operator API. The record of an action shows the name. */
export type OperatorKey = { readonly name: string; readonly secret: string };

/** @returns the name of the key in an `Authorization` header, or null */
export type OperatorOf = (authorization: string | undefined) => string | null;

/** Compares digests of equal length, and every key each time, so that timing reveals nothing about the keys. */
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
