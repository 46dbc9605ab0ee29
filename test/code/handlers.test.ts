import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ROOT } from "../support/documents.ts";

const files = execFileSync("git", ["ls-files", "workflows/**/*.ts"], {
  cwd: ROOT,
  encoding: "utf8",
})
  .trim()
  .split("\n");

/** The calls of `setHandler` in a file, each to the end of its statement. */
function handlersIn(path: string): string[] {
  const text = readFileSync(join(ROOT, path), "utf8");
  return [...text.matchAll(/^( *)setHandler\([^]*?^\1(?:\}, |\}|)\);$/gm)].map(([call]) => call);
}

test("each signal, query and update has a description, which the Temporal Web UI shows beside its name", () => {
  const handlers = files.flatMap((path) =>
    handlersIn(path).map((call) => [path, call.slice(0, 100), /\bdescription\b/.test(call)]),
  );
  const calls = files.flatMap(
    (path) => readFileSync(join(ROOT, path), "utf8").match(/^ *setHandler\(/gm) ?? [],
  );
  expect(handlers).toHaveLength(calls.length);
  expect(handlers.length).toBeGreaterThan(9);
  expect(handlers.filter(([, , isDescribed]) => isDescribed !== true)).toEqual([]);
});
