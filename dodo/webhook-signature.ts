import { Webhook, WebhookVerificationError } from "standardwebhooks";

export type WebhookHeaders = {
  readonly id: string | undefined;
  readonly timestamp: string | undefined;
  readonly signature: string | undefined;
};

export type Verdict =
  | { readonly kind: "verified"; readonly webhookId: string }
  | { readonly kind: "rejected"; readonly why: "headers" | "signature" };

/** Longer than any id Dodo sends; the id is remembered by each recovery. */
const ID_CHARACTERS_MAX = 200;

export type WebhookVerifier = (body: Buffer, headers: WebhookHeaders) => Verdict;

/**
 * Verifies a delivery's raw bytes by Standard Webhooks: signature and timestamp (±5 minutes). The three headers
 * are asked for first, because Dodo's own SDK skips verification where there are none.
 * @param keys `whsec_…`; any of them may have signed, while one rotates
 * @source dodo.md 4.3
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
    // Well signed, and not JSON: the signature is not at fault.
    if (error instanceof SyntaxError) return true;
    if (error instanceof WebhookVerificationError) return false;
    // A signature header of another shape makes the library throw what it throws.
    return false;
  }
}
