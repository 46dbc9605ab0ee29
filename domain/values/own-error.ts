/**
 * An error whose text is ours: codes, statuses, ids and sentences of this code. Histories and logs show it. Of every other error
 * they show the name and codes alone, because its text may quote an answer, and with it a person.
 */
export class OwnError extends Error {}

/** A class's name. */
const NAME = /^[A-Za-z][A-Za-z0-9]{0,63}$/;
/** As Node.js, undici and nodemailer name them. */
const CODE = /^[A-Z][A-Z0-9_]{0,63}$/;
const CAUSES_MAX = 5;

/** What a foreign error may say: its name and the codes of it and its causes, such as `TypeError (ECONNRESET)`. */
export function describeForeign(error: unknown): string {
  const name = nameOf(error);
  const codes = codesOf(error);
  return codes.length === 0 ? name : `${name} (${codes.join(", ")})`;
}

/** The error's text where it is ours, scrubbed and bounded; else its name and codes. */
export function describeError(error: unknown): string {
  return error instanceof OwnError ? scrubbed(error.message) : describeForeign(error);
}

/** The class of an error, if it looks like one. */
export function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  return typeof error.name === "string" && NAME.test(error.name) ? error.name : "Error";
}

/** The codes of an error and its causes. */
export function codesOf(error: unknown): string[] {
  const codes: string[] = [];
  let one: unknown = error;
  for (let depth = 0; depth < CAUSES_MAX && one instanceof Error; depth += 1) {
    const { code, cause } = one as { readonly code?: unknown; readonly cause?: unknown };
    if (typeof code === "string" && CODE.test(code)) codes.push(code);
    if (typeof code === "number" && Number.isInteger(code) && Math.abs(code) < 1_000) {
      codes.push(`code ${code}`);
    }
    one = cause;
  }
  return [...new Set(codes)];
}

const CHARACTERS_MAX = 300;
const ADDRESS = /[^\s<>()"',;:]+@[^\s<>()"',;:]+/gu;
/** As in a phone or card number, and not as in an id. */
const NUMBER = /(?<![\w-])\+?\d{8,}(?![\w-])/gu;

/** A text without control characters, email addresses and long numbers, of at most 300 characters. */
export function scrubbed(text: string): string {
  return text
    .slice(0, 4 * CHARACTERS_MAX)
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ")
    .replaceAll(ADDRESS, "[address]")
    .replaceAll(NUMBER, "[number]")
    .slice(0, CHARACTERS_MAX);
}
