import { timingSafeEqual } from "node:crypto";
import { Webhook, WebhookVerificationError } from "standardwebhooks";
import { type Instant, SECOND_MS } from "../domain/values/time.ts";

export type WebhookHeaders = {
  readonly id: string | undefined;
  readonly timestamp: string | undefined;
  readonly signature: string | undefined;
};

export type Verdict =
  | { readonly kind: "verified"; readonly webhookId: string }
  | { readonly kind: "rejected"; readonly why: "headers" | "signature" }
  /** Signed by a key, at a time that is too far from this machine's. Positive: later than this machine's clock. */
  | { readonly kind: "rejected"; readonly why: "clock"; readonly aheadMs: number };

/** Longer than any id that Dodo sends. Each recovery remembers the ids of its webhooks. */
const ID_CHARACTERS_MAX = 200;

/** @param now names the size of a difference between the clocks */
export type WebhookVerifier = (body: Buffer, headers: WebhookHeaders, now: Instant) => Verdict;

/**
 * Verifies the raw bytes of a delivery as Standard Webhooks defines it: signature and timestamp (±5 minutes). It requires the
 * three headers itself, because Dodo's SDK skips the verification if they are missing.
 * @param keys `whsec_…`; during a key rotation, any of them may have signed
 * @source docs/dodo/webhooks.md, "Signature"
 */
export function createVerifier(keys: readonly string[]): WebhookVerifier {
  const webhooks = keys.map((key) => new Webhook(key));
  return (body, { id, timestamp, signature }, now) => {
    if (!id || !timestamp || !signature || id.length > ID_CHARACTERS_MAX) {
      return { kind: "rejected", why: "headers" };
    }
    const headers = {
      "webhook-id": id,
      "webhook-timestamp": timestamp,
      "webhook-signature": signature,
    };
    const isSigned = webhooks.some((webhook) => verifies(webhook, body, headers));
    if (isSigned) return { kind: "verified", webhookId: id };
    const signedAt = Number.parseInt(timestamp, 10) * SECOND_MS;
    const isOurs = webhooks.some((webhook) => isSignedAt(webhook, body, headers, signedAt));
    return isOurs
      ? { kind: "rejected", why: "clock", aheadMs: signedAt - now }
      : { kind: "rejected", why: "signature" };
  };
}

/** The latest instant that a `Date` has. @source https://tc39.es/ecma262/#sec-time-values-and-time-range */
const LATEST_MS = 8.64e15;

/**
 * Whether the signature holds for this time, however long ago it is. It tells a clock that is off from a wrong secret; such a
 * delivery is rejected all the same, because it may be a replay.
 */
function isSignedAt(
  webhook: Webhook,
  body: Buffer,
  headers: { readonly "webhook-id": string; readonly "webhook-signature": string },
  signedAt: Instant,
): boolean {
  if (!(Math.abs(signedAt) <= LATEST_MS)) return false;
  const expected = Buffer.from(webhook.sign(headers["webhook-id"], new Date(signedAt), body));
  return headers["webhook-signature"].split(" ").some((given) => {
    const signature = Buffer.from(given);
    return signature.length === expected.length && timingSafeEqual(signature, expected);
  });
}

function verifies(webhook: Webhook, body: Buffer, headers: Record<string, string>): boolean {
  try {
    webhook.verify(body, headers);
    return true;
  } catch (error) {
    // The library verifies before it parses: the signature is valid, and the body is not JSON.
    if (error instanceof SyntaxError) return true;
    if (error instanceof WebhookVerificationError) return false;
    // The library throws other errors for a malformed signature header.
    return false;
  }
}
