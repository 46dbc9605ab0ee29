import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ROOT } from "../support/documents.ts";

type Version = readonly [number, number, number];
type LockedPackage = { readonly engines?: { readonly node?: string }; readonly optional?: boolean };

function versionOf(text: string): Version {
  const [major = 0, minor = 0, patch = 0] = text.split(".").map((part) => Number(part) || 0);
  return [major, minor, patch];
}

function compare(a: Version, b: Version): number {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
}

/** For the comparators that the lockfile has: `>=`, `^`, `<`, `||` and `*`. */
function accepts(range: string, version: Version): boolean {
  return range.split("||").some((alternative) => {
    const comparators = [
      ...alternative.matchAll(/(?<operator>>=|>|<=|<|\^|~|)\s*v?(?<text>\d[\d.x]*|\*)/g),
    ];
    return comparators.every(({ groups }) => {
      const { operator = "", text = "" } = groups ?? {};
      const bound = versionOf(text);
      const order = compare(version, bound);
      if (text === "*") return true;
      if (operator === ">=") return order >= 0;
      if (operator === ">") return order > 0;
      if (operator === "<") return order < 0;
      if (operator === "<=") return order <= 0;
      if (operator === "~") return order >= 0 && version[0] === bound[0] && version[1] === bound[1];
      return order >= 0 && version[0] === bound[0];
    });
  });
}

test("every installed package runs on the lowest Node that the project promises", () => {
  const lock = JSON.parse(readFileSync(join(ROOT, "package-lock.json"), "utf8")) as {
    readonly packages: Readonly<Record<string, LockedPackage>>;
  };
  const promised = lock.packages[""]?.engines?.node ?? "";
  expect(promised).toBe(">=20.19");
  const refusing = Object.entries(lock.packages)
    .filter(([, { engines }]) => engines?.node !== undefined && !accepts(engines.node, [20, 19, 0]))
    .map(([path, { engines }]) => `${path} needs Node ${engines?.node ?? ""}`);
  expect(refusing).toEqual([]);
});
