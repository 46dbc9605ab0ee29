import { readdirSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./documents.ts";

const PATCHES = join(ROOT, "test/simulator/planted");

/** The names of the bugs that the simulator must reveal, in order. */
export function plantedBugs(): readonly string[] {
  return readdirSync(PATCHES)
    .map((name) => name.replace(/\.patch$/, ""))
    .toSorted();
}

/** The arguments of git that plant a bug. The patches have no context lines, so that a reworded comment does not break them. */
export function plantedPatchArgs(name: string, ...options: readonly string[]): string[] {
  return ["apply", "--unidiff-zero", ...options, join(PATCHES, `${name}.patch`)];
}
