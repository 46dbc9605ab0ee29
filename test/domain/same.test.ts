import fc from "fast-check";
import { expect, test } from "vitest";
import { isSame } from "../../domain/values/same.ts";

/** JSON with its fields in order, by which two values are the same whatever the order of theirs. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_name, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

const value = fc.jsonValue({ maxDepth: 3 });

test("two values are the same where their JSON is", () => {
  fc.assert(
    fc.property(value, value, (a, b) => {
      const copy: unknown = JSON.parse(JSON.stringify(a));
      // `-0` and `0` are the same JSON.
      expect(isSame(JSON.parse(JSON.stringify(a)), copy)).toBe(true);
      expect(isSame(a, b)).toBe(canonical(a) === canonical(b));
    }),
  );
});

test.each([
  [{ a: 1, b: undefined }, { a: 1 }, true],
  [{ a: 1 }, { a: 1, b: undefined }, true],
  [{ a: 1 }, { a: 1, b: null }, false],
  [{ a: 1, b: 2 }, { b: 2, a: 1 }, true],
  [[1, 2], [2, 1], false],
  [[], {}, false],
  [null, {}, false],
  [{ list: [{ at: 1 }] }, { list: [{ at: 2 }] }, false],
])("%j and %j: %s", (a, b, same) => {
  expect(isSame(a, b)).toBe(same);
  expect(isSame(b, a)).toBe(same);
});
