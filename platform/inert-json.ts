/**
 * Characters that JSON does not escape although a reader of the log acts on them: control characters, line separators, and marks that
 * change the direction of text.
 */
const UNESCAPED = /[\u007f-\u009f\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** The same JSON with these characters escaped. */
export const inertJson = (json: string): string =>
  json.replaceAll(UNESCAPED, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`);
