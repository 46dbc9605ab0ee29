import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** A document's fenced code blocks in one language, in order, without indentation. */
export function blocksOf(path: string, language: string): string[] {
  const text = readFileSync(join(ROOT, path), "utf8");
  const fences = text.matchAll(/^([ ]*)```(\w+)\n([\s\S]*?)^\1```$/gm);
  return [...fences]
    .filter(([, , found]) => found === language)
    .map(([, indent = "", , body = ""]) => body.replaceAll(new RegExp(`^${indent}`, "gm"), ""));
}

/** A document's commands, in order: the lines of its `sh` blocks, with continued lines joined. */
export function commandsOf(path: string): string[] {
  return blocksOf(path, "sh").flatMap((block) =>
    /<<|'\{/.test(block) ? [block.trim()] : block.replaceAll("\\\n", "").trim().split("\n"),
  );
}
