import { Webhook } from "standardwebhooks";

/**
 * The headers of a webhook that is sent.
 * @param keys `whsec_…`; each signs
 * @param at the timestamp, which the receiver compares with its clock
 * @source https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export function signedHeaders(
  id: string,
  body: string,
  keys: readonly string[],
  at: Date,
): Readonly<Record<string, string>> {
  return {
    "content-type": "application/json",
    "webhook-id": id,
    "webhook-timestamp": String(Math.floor(at.getTime() / 1_000)),
    "webhook-signature": keys.map((key) => new Webhook(key).sign(id, at, body)).join(" "),
  };
}
