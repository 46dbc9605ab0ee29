import { Webhook, WebhookVerificationError } from "standardwebhooks";

export type WebhookHeaders = {
  readonly id: string | undefined;
  readonly timestamp: string | undefined;
  readonly signature: string | undefined;
};

export type Verdict =
  | { readonly kind: "verified"; readonly webhookId: string }
  | { readonly kind: "rejected"; readonly why: "headers" | "signature" };

/** Longer than any id that Dodo sends. Each recovery remembers the ids of its webhooks. */
const ID_CHARACTERS_MAX = 200;

export type WebhookVerifier = (body: Buffer, headers: WebhookHeaders) => Verdict;

/**
 * Verifies the raw bytes of a delivery as Standard Webhooks defines it: signature and timestamp (±5 minutes). It requires the
 * three headers itself, because Dodo's SDK skips the verification if they are missing.
 * @param keys `whsec_…`; during a key rotation, any of them may have signed
 * @source docs/dodo/webhooks.md, "Signature"
 */
export function createVerifier(keys: readonly string[]): WebhookVerifier {
  const webhooks = keys.map((key) => new Webhook(key));
  return (body, { id, timestamp, signature }) => {
    if (!id || !timestamp || !signature || id.length > ID_CHARACTERS_MAX) {
      return { kind: "rejected", why: "headers" };
    }
    const headers = {
      "webhook-id": id,
      "webhook-timestamp": timestamp,
      "webhook-signature": signature,
    };
    const isSigned = webhooks.some((webhook) => verifies(webhook, body, headers));
    return isSigned ? { kind: "verified", webhookId: id } : { kind: "rejected", why: "signature" };
  };
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
