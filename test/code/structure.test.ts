import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { checkStructure } from "./structure/check.ts";
import type { Rule } from "./structure/finding.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

const paths = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
  cwd: root,
  encoding: "utf8",
})
  .split("\n")
  .filter((path) => path !== "" && existsSync(join(root, path)));

const isRead = (path: string): boolean => /\.(?:md|[cm]?tsx?)$/.test(path);
const findings = checkStructure(
  new Map(paths.map((path) => [path, isRead(path) ? readFileSync(join(root, path), "utf8") : ""])),
);

const TITLES: Readonly<Record<Rule, string>> = {
  circle: "imports form no circle, type imports included",
  folder: "every folder has at most 15 source files",
  length: "every test file has at most 400 lines",
  "one-way": "imports between two folders go one way",
  room: "every room imports only what MAY_IMPORT allows",
  source: "every @source names an existing file, or a public source",
};

describe("the structure of the code", () => {
  test.each(Object.entries(TITLES))("%s: %s", (rule) => {
    const found = findings
      .filter((one) => one.rule === rule)
      .map(({ subject, detail }) => `${subject}\n${detail}`);
    expect(found).toEqual([]);
  });
});
