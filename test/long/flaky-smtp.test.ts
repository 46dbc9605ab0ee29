import { expect, test } from "vitest";
import { IS_LOST, sendThrough } from "../support/flaky-smtp.ts";

/** The figures in docs/NOTICES.md. */
test("two hundred notices through a mail server on its bad days", async () => {
  const { told } = await sendThrough(200);
  const days = [...new Set(told.map(({ day }) => day))];
  const rows = days.map((day) => {
    const ofDay = told.filter((one) => one.day === day);
    const came = (count: number): number => ofDay.filter(({ copies }) => copies === count).length;
    const undeliverable = ofDay.filter(({ outcome }) => outcome.kind === "undeliverable").length;
    return {
      day,
      notices: ofDay.length,
      never: came(0),
      once: came(1),
      twice: came(2),
      undeliverable,
    };
  });
  console.table(rows);
  for (const { day, notices, never, once, twice, undeliverable } of rows) {
    const isRefused = day.includes("for good");
    expect([day, never, undeliverable]).toEqual([
      day,
      ...(isRefused ? [notices, notices] : [0, 0]),
    ]);
    expect([day, once + twice]).toEqual([day, isRefused ? 0 : notices]);
    if (!IS_LOST.includes(day)) expect([day, twice]).toEqual([day, 0]);
  }
  expect(new Set(told.map(({ messageIds }) => messageIds))).toEqual(new Set([0, 1]));
});
