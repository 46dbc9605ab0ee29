import type { Reader } from "./reader.ts";
import { type SecretBytes, signingSecretOf } from "./signing-secret.ts";

export type OutgoingWebhookConfig = { readonly url: string; readonly keys: readonly string[] };

const URL_NAME = "OUTGOING_WEBHOOK_URL";
const KEY_NAME = "OUTGOING_WEBHOOK_KEY";

/** @source github.com/standard-webhooks, spec/standard-webhooks.md, "Signature scheme" */
const SECRET_BYTES: SecretBytes = { min: 24, max: 64 };

/** URL and key are set together or not at all. @returns null if the URL is not set or not valid */
export function readOutgoingWebhook(reader: Reader): OutgoingWebhookConfig | null {
  const url = reader.url(URL_NAME, ["http", "https"], null);
  const given = reader.list(KEY_NAME);
  const keys = given.map((key) => signingSecretOf(key, SECRET_BYTES)).filter((key) => key !== null);
  const isUrlSet = reader.text(URL_NAME) !== null;
  if (isUrlSet && given.length === 0)
    reader.addProblem(KEY_NAME, `required, because ${URL_NAME} is set`);
  if (!isUrlSet && given.length > 0)
    reader.addProblem(URL_NAME, `required, because ${KEY_NAME} is set`);
  if (keys.length < given.length) {
    reader.addProblem(KEY_NAME, "expected whsec_ and base64 or base64url of 24 to 64 random bytes");
  }
  if (url === null) return null;
  // `fetch` rejects such a URL. @source fetch.spec.whatwg.org, "new Request"
  const { username, password } = new URL(url);
  if (username !== "" || password !== "") {
    reader.addProblem(URL_NAME, "expected a URL without user name and password");
  }
  return { url, keys };
}
