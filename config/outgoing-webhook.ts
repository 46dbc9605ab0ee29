import type { Reader } from "./reader.ts";

export type OutgoingWebhookConfig = { readonly url: string; readonly keys: readonly string[] };

const URL_NAME = "OUTGOING_WEBHOOK_URL";
const KEY_NAME = "OUTGOING_WEBHOOK_KEY";

/** Both or none. @returns null where neither is set, or where a problem is noted */
export function readOutgoingWebhook(reader: Reader): OutgoingWebhookConfig | null {
  const url = reader.url(URL_NAME, ["http", "https"], null);
  const keys = reader.list(KEY_NAME);
  const isUrlSet = reader.text(URL_NAME) !== null;
  if (isUrlSet && keys.length === 0) reader.problem(KEY_NAME, `required with ${URL_NAME}`);
  if (!isUrlSet && keys.length > 0) reader.problem(URL_NAME, `required with ${KEY_NAME}`);
  if (!keys.every(isSigningKey)) {
    reader.problem(KEY_NAME, "expected whsec_ and the base64 of 24 to 64 random bytes");
  }
  if (url === null) return null;
  // No request can be made to such an address. @source fetch.spec.whatwg.org, "new Request"
  const { username, password } = new URL(url);
  if (username !== "" || password !== "") {
    reader.problem(URL_NAME, "expected an address without a user name or password");
  }
  return { url, keys };
}

/** @source github.com/standard-webhooks, spec/standard-webhooks.md, "Signature scheme" */
function isSigningKey(key: string): boolean {
  if (!/^whsec_[A-Za-z0-9+/]+={0,2}$/.test(key)) return false;
  const { length } = Buffer.from(key.slice("whsec_".length), "base64");
  return length >= 24 && length <= 64;
}
