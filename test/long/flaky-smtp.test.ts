import { expect, test } from "vitest";
import { caseOf, sendThrough } from "../support/faults/flaky-smtp.ts";

test("two hundred notices through a faulty mail server arrive as docs/NOTICES.md says", async () => {
  const { notices } = await sendThrough(200);
  const faults = [...new Set(notices.map(({ fault }) => fault))];
  const rows = faults.map((fault) => {
    const sent = notices.filter((one) => one.fault === fault);
    const withCopies = (count: number): number =>
      sent.filter(({ copies }) => copies === count).length;
    return {
      fault,
      notices: sent.length,
      never: withCopies(0),
      once: withCopies(1),
      twice: withCopies(2),
      undeliverable: sent.filter(({ outcome }) => outcome === "undeliverable").length,
    };
  });
  console.table(rows);
  for (const { fault, notices: count, never, once, twice, undeliverable } of rows) {
    const { isRejected = false, isAnswerLost = false } = caseOf(fault);
    expect([fault, never, undeliverable]).toEqual([
      fault,
      ...(isRejected ? [count, count] : [0, 0]),
    ]);
    expect([fault, once + twice]).toEqual([fault, isRejected ? 0 : count]);
    if (!isAnswerLost) expect([fault, twice]).toEqual([fault, 0]);
  }
  expect(new Set(notices.map(({ messageIds }) => messageIds))).toEqual(new Set([0, 1]));
});
