import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { builtFile } from "../support/build.ts";
import { ROOT } from "../support/documents.ts";

/** A line of a story: `day  3 00:05  Ada   attempt 2 declined: INSUFFICIENT_FUNDS`. */
const LINE = /^day +(?<day>\d+) (?<time>\d\d:\d\d) {2}(?<name>\w+) +(?<text>.+)$/;
const COLUMNS = 100;

type Line = { day: number; minutes: number; name: string; text: string };

function linesOf(output: string): Line[] {
  return output.split("\n").flatMap((line) => {
    const { day = "", time = "", name = "", text = "" } = LINE.exec(line)?.groups ?? {};
    if (name === "") return [];
    const [hours = 0, minutes = 0] = time.split(":").map(Number);
    return [{ day: Number(day), minutes: (Number(day) * 24 + hours) * 60 + minutes, name, text }];
  });
}

test("the demo tells twelve stories in the order of their events, and all end right", async () => {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [builtFile("dev/demo/demo.js"), "--once"],
    { cwd: ROOT },
  ).catch((error: { readonly stdout: string }) => error);
  expect(stdout.trim().split("\n\n").at(-1)).toMatch(/^All 12 stories ended right/);
  expect(stdout.split("\n").filter((line) => line.length > COLUMNS)).toEqual([]);
  const all = linesOf(stdout);
  const names = [...new Set(all.map(({ name }) => name))];
  expect(names).toHaveLength(12);
  for (const name of names) {
    const lines = all.filter((line) => line.name === name);
    const stamps = lines.map(({ minutes }) => minutes);
    expect(stamps, name).toEqual(stamps.toSorted((a, b) => a - b));
    expect(
      lines.filter(({ text }) => text.startsWith("■")),
      name,
    ).toHaveLength(1);
    const end = lines.findIndex(({ text }) => text.startsWith("■"));
    const after = lines.slice(end + 1).filter(({ text }) => !text.includes("Thank you"));
    expect(after, `after the end of ${name}'s story`).toEqual([]);
    for (const { text } of lines) {
      const [, attempt, day] = /^attempt (\d+) is planned for day (\d+)$/.exec(text) ?? [];
      if (attempt === undefined) continue;
      const made = lines.find(
        (line) => line.text.startsWith(`attempt ${attempt} `) && line.text !== text,
      );
      // Dan cancels first; Iris pays before; Gwen's charge never reaches Dodo, and goes again a day later.
      if (made === undefined || name === "Gwen") continue;
      expect(made.day, `${name}: ${text}`).toBe(Number(day));
    }
  }
});
