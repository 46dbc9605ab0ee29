import { DOCUMENTED_WORDS } from "./message-words.ts";

// What Reprise keeps of the texts in Dodo's answers. A history may hold codes and request ids, and no sentences: these may name a
// customer, a card or a token, and no filter makes them safe.

const CODE = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/;
const REQUEST_ID = /^[A-Za-z0-9][A-Za-z0-9_.:-]{0,127}$/;
/** As in a card number. */
const MANY_DIGITS = /\d{8}/;

/** A code of Dodo's: one word without spaces, and not a number. @returns null for any other text */
export function codeTextOf(value: unknown): string | null {
  const text = typeof value === "string" ? value.trim() : "";
  return CODE.test(text) && !MANY_DIGITS.test(text) ? text : null;
}

/** Dodo documents no header for the id of a request. These are the usual ones. @source docs/dodo/api.md, "Errors" */
const REQUEST_ID_HEADERS = ["x-request-id", "request-id"];

/** @returns null if the answer has no such header */
export function requestIdOf(headers: Pick<Headers, "get">): string | null {
  const ids = REQUEST_ID_HEADERS.map((name) => headers.get(name) ?? "");
  return ids.find((id) => REQUEST_ID.test(id)) ?? null;
}

const WORDS_MAX = 40;
const OMITTED = "…";

/**
 * The words of a message that Dodo's documented messages have, each other one as `…`. For logs only, and never for a history.
 * @returns null without a message
 */
export function documentedWordsOf(message: unknown): string | null {
  if (typeof message !== "string" || message.trim() === "") return null;
  const words = message
    .trim()
    .split(/\s+/)
    .slice(0, WORDS_MAX)
    .map((word) => word.toLowerCase().replace(/^["'(]+|["'),.:;!?]+$/g, ""))
    .map((word) => (DOCUMENTED_WORDS.has(word) ? word : OMITTED));
  return words.filter((word, at) => word !== OMITTED || words[at - 1] !== OMITTED).join(" ");
}
