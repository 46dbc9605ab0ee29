import { createHmac, timingSafeEqual } from "node:crypto";
import { type DebtId, parseSubscriptionId, type SubscriptionId } from "../domain/values/ids.ts";
import type { Instant } from "../domain/values/time.ts";

/** What a customer's link gives access to: one debt of one subscription, until it expires. */
export type LinkClaim = {
  readonly subscriptionId: SubscriptionId;
  readonly debtId: DebtId;
  readonly expiresAt: Instant;
};

/** Keys of at least 32 bytes. The first signs and all verify, so keys can be rotated. */
export type LinkSigner = { readonly keys: readonly Buffer[] };

export type LinkVerdict =
  | { readonly kind: "valid"; readonly claim: LinkClaim }
  | { readonly kind: "expired"; readonly claim: LinkClaim }
  | { readonly kind: "invalid" };

/** Longer than any token that `signLink` makes; a longer one is rejected unread. */
const TOKEN_CHARACTERS_MAX = 1_000;

// Separates these signatures from any other use of the key.
const PURPOSE = "reprise/pay/1";

/** @throws Error if `signer` has no key */
export function signLink(signer: LinkSigner, claim: LinkClaim): string {
  const [key] = signer.keys;
  if (key === undefined) throw new Error("there is no key to sign links with");
  const { subscriptionId, debtId, expiresAt } = claim;
  const body = Buffer.from(JSON.stringify([subscriptionId, debtId, expiresAt])).toString(
    "base64url",
  );
  return `${body}.${macOf(key, body).toString("base64url")}`;
}

/** Every bad token is `invalid`, whatever is wrong with it, so a caller learns nothing from the answer. */
export function verifyLink(signer: LinkSigner, token: string, now: Instant): LinkVerdict {
  if (token.length > TOKEN_CHARACTERS_MAX) return { kind: "invalid" };
  const [body, mac, ...rest] = token.split(".");
  if (body === undefined || mac === undefined || rest.length > 0) return { kind: "invalid" };
  // Compared as text, because base64url has several spellings of one value and only ours is accepted.
  const given = Buffer.from(mac);
  const isOurs = signer.keys.some((key) => {
    const expected = Buffer.from(macOf(key, body).toString("base64url"));
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
  const claim = isOurs ? claimOf(body) : null;
  if (claim === null) return { kind: "invalid" };
  return claim.expiresAt < now ? { kind: "expired", claim } : { kind: "valid", claim };
}

/**
 * The addresses in a customer's mail.
 * @param language of the pages; it is not signed, since it grants nothing
 * @param brandId of the pages, as for `language`
 */
export function customerUrls(
  publicUrl: string,
  signer: LinkSigner,
  claim: LinkClaim,
  language: string,
  brandId: string | null = null,
): { readonly pay: string; readonly reminders: string } {
  const base = publicUrl.replace(/\/+$/, "");
  const brand = brandId === null ? "" : `&brand=${encodeURIComponent(brandId)}`;
  const page = `${signLink(signer, claim)}?lang=${encodeURIComponent(language)}${brand}`;
  return { pay: `${base}/pay/${page}`, reminders: `${base}/reminders/${page}` };
}

function macOf(key: Buffer, body: string): Buffer {
  return createHmac("sha256", key).update(`${PURPOSE}.${body}`).digest();
}

function claimOf(body: string): LinkClaim | null {
  try {
    const parts: unknown = JSON.parse(Buffer.from(body, "base64url").toString());
    if (!Array.isArray(parts)) return null;
    const [subscription, debtId, expiresAt] = parts as unknown[];
    const subscriptionId = parseSubscriptionId(subscription);
    if (subscriptionId === null || typeof debtId !== "string") return null;
    if (typeof expiresAt !== "number") return null;
    return { subscriptionId, debtId: debtId as DebtId, expiresAt };
  } catch {
    return null;
  }
}
