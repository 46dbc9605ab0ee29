import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/**
 * The version of the package, and the digest of the workflow bundle: twelve hexadecimal digits, the same in both processes of a
 * build; `source` where the process runs from sources.
 */
export function buildInfo(): { readonly version: string; readonly build_id: string } {
  return { version: versionOf(), build_id: buildIdOf() };
}

function versionOf(): string {
  for (const path of ["../../package.json", "../../../package.json"]) {
    const file = new URL(path, import.meta.url);
    if (!existsSync(file)) continue;
    const { version } = JSON.parse(readFileSync(file, "utf8")) as { version?: unknown };
    if (typeof version === "string") return version;
  }
  return "unknown";
}

function buildIdOf(): string {
  const bundle = fileURLToPath(new URL("../../workflow-bundle.js", import.meta.url));
  if (!existsSync(bundle)) return "source";
  return createHash("sha256").update(readFileSync(bundle)).digest("hex").slice(0, 12);
}
