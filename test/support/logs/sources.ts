import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../documents.ts";

/** The source files of these rooms, as git knows them. */
export function sourcesOf(...rooms: readonly string[]): readonly string[] {
  const args = ["ls-files", "--cached", "--others", "--exclude-standard", ...rooms];
  return execFileSync("git", args, { cwd: ROOT, encoding: "utf8" })
    .split("\n")
    .filter((path) => path.endsWith(".ts") && existsSync(join(ROOT, path)));
}
