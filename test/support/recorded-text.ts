import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./commands.ts";

/** `npm run stories:record` writes what is recorded anew: a rule that changes shows as a difference there. */
export const isRecording = process.env["RECORD_STORIES"] !== undefined;

const CONTEXT_LINES = 3;

/**
 * Where the text first differs from the file, or null: of thousands of lines, no whole difference is worth its seconds.
 * @param path from the project's root
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
