import { stripVTControlCharacters } from "node:util";
import { expect, test } from "vitest";
import { createStoryPrinter, stampOf, wrap } from "../../../dev/demo/story-printer.ts";
import { DAY_MS } from "../../../domain/values/time.ts";

const MINUTE_MS = 60_000;

test("a stamp is the time since the story began, in days, hours and minutes", () => {
  expect(stampOf(1_000, 1_000)).toBe("day  0 00:00");
  expect(stampOf(3 * DAY_MS + 65 * MINUTE_MS, 0)).toBe("day  3 01:05");
  expect(stampOf(17 * DAY_MS - 1, 0)).toBe("day 16 23:59");
});

test("a long line continues under its text, and no line is wider than 100 columns", () => {
  const printed: string[] = [];
  const text = "a line that is long ".repeat(9).trim();
  createStoryPrinter((line) => printed.push(line), false).print("Ada", 0, [{ at: 0, text }]);
  expect(printed.length).toBe(3);
  expect(printed.filter((line) => line.length > 100)).toEqual([]);
  expect(printed.slice(1).every((line) => line.startsWith(`${" ".repeat(20)}`))).toBe(true);
  expect(wrap(text, 40).join(" ")).toBe(text);
});

test("each customer has a colour, and the colours change no text", () => {
  const plain: string[] = [];
  const coloured: string[] = [];
  for (const [lines, hasColours] of [
    [plain, false],
    [coloured, true],
  ] as const) {
    const printer = createStoryPrinter((line) => lines.push(line), hasColours);
    for (const name of ["Ada", "Ben"]) printer.print(name, 0, [{ at: 0, text: "pays" }]);
  }
  expect(coloured.map((line) => stripVTControlCharacters(line))).toEqual(plain);
  expect(coloured[0]?.replace("Ada", "Ben")).not.toBe(coloured[1]);
});
