/**
 * Characters that a medium obeys instead of showing them: control characters with ESC, separators of lines, marks that change the
 * direction of the text around them, tags, and other characters without a width. Joiners stay: Indic and Arabic scripts need them.
 */
const BREAKS = /[\p{Cc}\p{Zl}\p{Zp}]+/gu;
const INVISIBLE =
  /[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;

/** Unpaired surrogates. */
const HALVES = /\p{Cs}/gu;

/** A text from outside as one line that shows what it says. */
export function visible(text: string): string {
  return text.replaceAll(BREAKS, " ").replaceAll(INVISIBLE, "").replaceAll(HALVES, "\ufffd");
}

/** The same data with every text in it as one visible line. */
export function visibleIn<T>(data: T): T {
  if (typeof data === "string") return visible(data) as T;
  if (Array.isArray(data)) return data.map((one: unknown) => visibleIn(one)) as T;
  if (typeof data !== "object" || data === null) return data;
  const entries = Object.entries(data).map(([name, value]) => [name, visibleIn(value)] as const);
  return Object.fromEntries(entries) as T;
}
