import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./documents.ts";

/** Set by `npm run stories:record`, which records all texts anew, so that a changed rule shows in the diff. */
export const isRecording = process.env["RECORD_STORIES"] !== undefined;

const CONTEXT_LINES = 3;

/**
 * Finds the first line where the text differs from the recorded file. Comparing thousands of lines in full is slow.
 * @param path from the project's root
 * @returns the place with both versions, or null if they are equal
 */
export function differenceFrom(path: string, text: string): string | null {
  const file = join(ROOT, path);
  if (isRecording) writeFileSync(file, text);
  const recorded = readFileSync(file, "utf8");
  if (recorded === text) return null;
  const [was, is] = [recorded.split("\n"), text.split("\n")];
  const found = is.findIndex((line, at) => line !== was[at]);
  const first = found === -1 ? is.length : found;
  const around = (lines: readonly string[]): string =>
    lines.slice(Math.max(first - CONTEXT_LINES, 0), first + 1).join("\n");
  return `${path}:${first + 1}\nrecorded:\n${around(was)}\nnow:\n${around(is)}`;
}
