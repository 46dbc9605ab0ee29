import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { prepareTemporalData, writeWhole } from "../../dev/temporal/data.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "reprise-data-"));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

test("a file that cannot be written whole stays as it was", () => {
  const path = join(folder, "key");
  writeWhole(path, "first");
  expect(readdirSync(folder)).toEqual(["key"]);
  rmSync(path);
  // Nothing can be renamed to a folder that is not empty.
  mkdirSync(join(path, "in-the-way"), { recursive: true });
  expect(() => writeWhole(path, "second")).toThrow("rename");
  expect(readdirSync(folder)).toEqual(["key"]);
});

test("a copy of the database that fails leaves no part of itself, and the record of the version stays", () => {
  writeFileSync(join(folder, "temporal.db"), "data");
  writeFileSync(join(folder, "temporal-version"), "1.8.0\n");
  // No file, so copying it fails.
  mkdirSync(join(folder, "temporal.db-wal"));
  const before = readdirSync(folder);
  expect(() => prepareTemporalData(folder, "1.9.1", new Date())).toThrow(/copyfile|directory/i);
  expect(readdirSync(folder)).toEqual(before);
  expect(readFileSync(join(folder, "temporal-version"), "utf8")).toBe("1.8.0\n");
});
