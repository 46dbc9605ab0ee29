import { visible } from "../../domain/values/visible-text.ts";

// The Temporal Web UI renders summaries and details as Markdown, and turns addresses into links. What comes from outside, such as a
// currency, a code or an operator's note, stays text. @source docs/TEMPORAL.md, "Web UI"

/** A code span between single backticks: nothing in it is rendered. */
const CODE_SPAN = /((?<!`)`[^`]+`(?!`))/;

/** A text as one line of Markdown that renders as that text. Code spans stay. */
export function prose(text: string): string {
  const line = visible(text)
    // Two spaces at the end of a line break it.
    .replaceAll(/\s+/g, " ")
    .trim()
    .split(CODE_SPAN)
    .map((part, at) => (at % 2 === 1 ? part : escaped(part)))
    .join("");
  // A list, a heading, a quotation or a rule begins a line.
  return line.replace(/^(\s*)(\d{1,9})([.)])/, "$1$2\\$3").replace(/^(\s*)([#>+-])/, "$1\\$2");
}

function escaped(text: string): string {
  return (
    text
      // A backslash as an entity: the Web UI's renderer loses count of two backslashes.
      .replaceAll(/&(?=#?\w+;)|[\\`*[\]{}<~|$^]/g, (sign) =>
        sign === "\\" ? "&#92;" : `\\${sign}`,
      )
      .replaceAll(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, "\\_")
      // The colon of an address's scheme. Words and times keep theirs.
      .replaceAll(/(?<=[A-Za-z]):(?=\S)/g, "\\:")
      .replaceAll(/\bwww\./gi, (www) => `${www.slice(0, -1)}\\.`)
  );
}

/** An id, a status or another word as code. */
export function code(text: string): string {
  const shown = visible(text).replaceAll("`", "'").trim();
  return shown === "" ? "" : `\`${shown}\``;
}

/** Temporal cuts summaries at 200 bytes. */
export const SUMMARY_MAX = 180;

/** The beginning of a text as a summary. */
export function summary(text: string): string {
  return cut(text, (shown, length) => shown.slice(0, length));
}

/** The end of a text as a summary: the last words of a reason say what follows from the first. */
export function summaryOfEnd(head: string, text: string): string {
  return cut(text, (shown, length) =>
    shown.length <= length - head.length
      ? `${head}${shown}`
      : `${head}…${shown.slice(Math.min(head.length + 1 - length, -1))}`,
  );
}

/** Cuts the text, and not what escapes it: half an escape would be no escape. */
function cut(text: string, part: (shown: string, length: number) => string): string {
  const shown = visible(text);
  for (let length = SUMMARY_MAX; ; length -= 10) {
    const line = prose(part(shown, Math.max(length, 1)));
    if (line.length <= SUMMARY_MAX || length <= 10) return line.slice(0, SUMMARY_MAX);
  }
}
