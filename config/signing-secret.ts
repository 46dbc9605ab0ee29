/** Accepted lengths of the secret, in bytes. */
export type SecretBytes = { readonly min: number; readonly max: number };

/**
 * Reads a signing secret, `whsec_` and base64. Some tools print it in base64url, or without padding: the result is in
 * standard base64, which the `standardwebhooks` library requires.
 *
 * @returns null if the text is not such a secret. A last group of one character is no base64: a part was cut off
 * @source github.com/standard-webhooks, spec/standard-webhooks.md, "Signature scheme"; RFC 4648, section 5
 */
export function signingSecretOf(text: string, { min, max }: SecretBytes): string | null {
  const encoded = /^whsec_([A-Za-z0-9+/]+|[A-Za-z0-9_-]+)={0,2}$/.exec(text)?.[1] ?? "";
  if (encoded.length % 4 === 1) return null;
  // Node decodes both alphabets.
  const secret = Buffer.from(encoded, "base64");
  if (secret.length < min || secret.length > max) return null;
  return `whsec_${secret.toString("base64")}`;
}
