import { isUtf8 } from "node:buffer";
import { createHmac, timingSafeEqual } from "node:crypto";
import { Webhook } from "standardwebhooks";
import { type Instant, MINUTE_MS, SECOND_MS } from "../domain/values/time.ts";

export type WebhookHeaders = {
  readonly id: string | undefined;
  readonly timestamp: string | undefined;
  readonly signature: string | undefined;
};

export type Rejection =
  /** `body`: it is not UTF-8, so it is not JSON, whoever has signed it. */
  | { readonly kind: "rejected"; readonly why: "headers" | "signature" | "body" }
  /** Its time is too far from this machine's; whether its signature is valid was not checked. Positive: later than this clock. */
  | { readonly kind: "rejected"; readonly why: "clock"; readonly aheadMs: number };

export type Verdict = { readonly kind: "verified"; readonly webhookId: string } | Rejection;

/** Visible ASCII, which both hashes see as the same bytes. Dodo's ids are shorter; each recovery remembers those of its webhooks. */
const ID = /^[\x21-\x7e]{1,200}$/;

/** Unix seconds, until the year 2286. */
const TIMESTAMP = /^[1-9]\d{0,9}$/;

const SIGNATURE = /^v1,[A-Za-z0-9+/]{43}=$/;

/** As `standardwebhooks` has it. @source docs/dodo/webhooks.md, "Signature" */
const TOLERANCE_MS = 5 * MINUTE_MS;

type Claim = { readonly id: string; readonly timestamp: string; readonly signatures: string[] };

/** What can be said before the body is read: a request without a plausible signature costs no hash. @returns null if it is plausible */
export function rejectionByHeaders(headers: WebhookHeaders, now: Instant): Rejection | null {
  const claim = claimOf(headers, now);
  return "kind" in claim ? claim : null;
}

function claimOf({ id, timestamp, signature }: WebhookHeaders, now: Instant): Claim | Rejection {
  const isMalformed = !ID.test(id ?? "") || !TIMESTAMP.test(timestamp ?? "") || !signature;
  if (isMalformed || id === undefined || timestamp === undefined)
    return { kind: "rejected", why: "headers" };
  const aheadMs = Number(timestamp) * SECOND_MS - now;
  // The library compares with the whole second that has begun.
  if (aheadMs > TOLERANCE_MS || aheadMs <= -TOLERANCE_MS - SECOND_MS)
    return { kind: "rejected", why: "clock", aheadMs };
  const signatures = signature.split(" ").filter((one) => SIGNATURE.test(one));
  return signatures.length === 0
    ? { kind: "rejected", why: "signature" }
    : { id, timestamp, signatures };
}

/** @param now names the size of a difference between the clocks */
export type WebhookVerifier = (body: Buffer, headers: WebhookHeaders, now: Instant) => Verdict;

/** Dodo's events are smaller. Above it, a forgery is worth a hash that costs a tenth. */
const SMALL_BYTES = 8_192;

/**
 * Verifies the raw bytes of a delivery as Standard Webhooks defines it: signature and timestamp (±5 minutes). It requires the
 * three headers itself, because Dodo's SDK skips the verification if they are missing. What passes has passed
 * `standardwebhooks`, which hashes the bytes as text, in JavaScript. Before it, `node:crypto` hashes large bodies and bytes that are
 * no text, as they are.
 * @param keys `whsec_…`; during a key rotation, any of them may have signed
 * @source docs/dodo/webhooks.md, "Signature"
 */
export function createVerifier(keys: readonly string[]): WebhookVerifier {
  const known = keys.map((key) => ({
    webhook: new Webhook(key),
    secret: Buffer.from(key.replace(/^whsec_/, ""), "base64"),
  }));
  return (body, headers, now) => {
    const claim = claimOf(headers, now);
    if ("kind" in claim) return claim;
    const isText = isUtf8(body);
    const signers =
      isText && body.length <= SMALL_BYTES
        ? known
        : known.filter(({ secret }) => isSignedWith(secret, claim, body));
    if (signers.length === 0) return { kind: "rejected", why: "signature" };
    // Other bytes would be the same text, with the replacement character.
    if (!isText) return { kind: "rejected", why: "body" };
    return signers.some(({ webhook }) => agrees(webhook, claim, body))
      ? { kind: "verified", webhookId: claim.id }
      : { kind: "rejected", why: "signature" };
  };
}

function isSignedWith(secret: Buffer, { id, timestamp, signatures }: Claim, body: Buffer): boolean {
  const digest = createHmac("sha256", secret).update(`${id}.${timestamp}.`).update(body).digest();
  const expected = Buffer.from(`v1,${digest.toString("base64")}`);
  return signatures.some((given) => timingSafeEqual(Buffer.from(given), expected));
}

function agrees(webhook: Webhook, { id, timestamp, signatures }: Claim, body: Buffer): boolean {
  const headers = {
    "webhook-id": id,
    "webhook-timestamp": timestamp,
    "webhook-signature": signatures.join(" "),
  };
  try {
    webhook.verify(body, headers, { jsonParse: false });
    return true;
  } catch {
    return false;
  }
}
